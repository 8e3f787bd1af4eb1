/* expect: so it is no proposition */
/* Nor is the type of a function. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : [nat -> nat].
