/* expect: `refl` is built in */
/* Neither are the primitives. */
nat : type.
z : nat.
s : [nat -> nat].
refl : [('n : nat) -> (= 'n (s 'n))].
