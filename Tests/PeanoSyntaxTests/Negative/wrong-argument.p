/* expect: wants an argument of type `nat`, but `false` has type `prop` */
/* Arguments have the declared types. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
c : nat = (s false).
