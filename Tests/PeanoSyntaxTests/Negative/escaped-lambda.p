/* expect: unknown bound name `'x` */
/* Nor outside its lambda. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = ((lambda ('x : nat) 'x) 'x).
