/* expect: the name `z` is declared already */
/* Not even with another type. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
z : false.
