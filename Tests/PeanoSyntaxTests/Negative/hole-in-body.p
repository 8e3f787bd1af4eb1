/* expect: a hole `_` cannot stand here */
/* Nor has a body. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = (s _).
