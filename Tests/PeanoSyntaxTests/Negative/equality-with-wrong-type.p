/* expect: wants an argument of type `prop` */
/* The explicit type argument is checked. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= prop z z).
