/* expect: not the declared `nat` */
/* Zero is of the type. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
#literal nat false s.
