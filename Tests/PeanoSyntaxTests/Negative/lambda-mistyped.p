/* expect: wants an argument of type `nat` */
/* A lambda takes what it says. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
c : nat = ((lambda ('x : nat) 'x) false).
