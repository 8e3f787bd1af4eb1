/* expect: `false` has type `prop`, not the declared `nat` */
/* The body must have the declared type. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
k : nat = false.
