/* expect: is applied, but takes no argument */
/* A constant that is no function takes none. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = (z z).
