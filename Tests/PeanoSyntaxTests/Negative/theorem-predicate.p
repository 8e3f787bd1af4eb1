/* expect: so it is no proposition */
/* Nor is a predicate. */
nat : type.
z : nat.
s : [nat -> nat].
even : [nat -> prop].
theorem t : even.
