/* expect: not the declared `nat` */
/* A local definition is checked. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
c : nat = (let ('x : nat = false) 'x).
