/* expect: `nat` has type `type`, so it is no proposition */
/* A theorem states a proposition. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : nat.
