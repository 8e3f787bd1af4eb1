/* expect: needs a proposition */
/* A hypothesis is a proposition. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'n)].
#forward ax ('_ : nat).
