/* expect: bound names keep their quote */
/* A bound name keeps its quote. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= n n)].
