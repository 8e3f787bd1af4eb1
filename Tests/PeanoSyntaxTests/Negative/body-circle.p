/* expect: `b` is used before its declaration on line 7 */
/* Two definitions may not use each other. */
nat : type.
z : nat.
s : [nat -> nat].
a : nat = b.
b : nat = a.
