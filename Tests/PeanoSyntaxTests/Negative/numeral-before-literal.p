/* expect: the numeral `2` has no type here */
/* ... before its use. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = 2.
#literal nat z s.
