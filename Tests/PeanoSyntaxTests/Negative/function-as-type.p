/* expect: `s` stands where a type is wanted */
/* A function is no type. */
nat : type.
z : nat.
s : [nat -> nat].
c : [s -> nat].
