/* expect: a second #backward line */
/* One line for each axiom. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'n)].
#backward ax.
#backward ax.
