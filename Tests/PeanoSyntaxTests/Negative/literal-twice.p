/* expect: numerals have a type already */
/* Numerals have one type. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
#literal nat z s.
