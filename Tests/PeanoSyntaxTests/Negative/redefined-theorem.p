/* expect: the name `t` is declared already */
/* Two theorems cannot share a name. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z z).
theorem t : (= z z).
