/* expect: the name `t` is declared already */
/* Nor a theorem and a later axiom. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z z).
t : (= z z).
