/* expect: used before its declaration */
/* Its constants are declared before it. */
#literal nat z s.
nat : type.
z : nat.
s : [nat -> nat].

