/* expect: not the declared `[nat -> nat]` */
/* The successor maps the type to itself. */
nat : type.
z : nat.
s : [nat -> nat].
+ : [nat -> nat -> nat].
#literal nat z +.
