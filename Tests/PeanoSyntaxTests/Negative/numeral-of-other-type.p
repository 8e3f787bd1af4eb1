/* expect: wants an argument of type `bool` */
/* A numeral has the type of its #literal line. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
bool : type.
flip : [bool -> bool].
b : bool = (flip 1).
