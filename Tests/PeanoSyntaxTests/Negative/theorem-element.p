/* expect: `z` has type `nat`, so it is no proposition */
/* An element is no statement. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : z.
