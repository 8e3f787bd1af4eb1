/* expect: the name `one` is declared already */
/* Nor a definition. */
nat : type.
z : nat.
s : [nat -> nat].
one : nat = (s z).
one : nat = z.
