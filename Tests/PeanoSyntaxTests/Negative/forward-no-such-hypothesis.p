/* expect: no input of `ax` is a proof of */
/* A hypothesis pattern is an input. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n z) -> (= z 'n)].
#forward ax ('_ : (= z 'n)).
