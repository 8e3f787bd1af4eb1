/* expect: is applied, but takes no argument */
/* A function takes as many arguments as its type says. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = (s z z).
