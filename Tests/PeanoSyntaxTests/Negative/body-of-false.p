/* expect: `z` has type `nat`, not the declared `false` */
/* A definition is a proof of its type only if its body is one. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
magic : false = z.
