/* expect: `a` is used in its own declaration */
/* A definition may not use itself. */
nat : type.
z : nat.
s : [nat -> nat].
a : nat = a.
