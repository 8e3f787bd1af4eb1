/* expect: a hole `_` cannot stand here */
/* A statement has no holes. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z _).
