/* expect: the name `z` is declared already */
/* A theorem has a name of its own. */
nat : type.
z : nat.
s : [nat -> nat].
theorem z : (= z z).
