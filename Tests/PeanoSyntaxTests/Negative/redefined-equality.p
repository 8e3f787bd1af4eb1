/* expect: `=` is built in */
/* Equality is built in. */
nat : type.
z : nat.
s : [nat -> nat].
= : [nat -> nat -> prop].
