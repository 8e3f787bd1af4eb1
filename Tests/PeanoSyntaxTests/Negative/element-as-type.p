/* expect: `z` stands where a type is wanted */
/* An element is no type. */
nat : type.
z : nat.
s : [nat -> nat].
c : z.
