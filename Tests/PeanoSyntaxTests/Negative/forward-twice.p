/* expect: a second #forward line */
/* One line for each axiom. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'n)].
#forward ax.
#forward ax.
