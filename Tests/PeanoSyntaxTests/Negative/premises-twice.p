/* expect: a second #premises line */
/* In one line. */
nat : type.
z : nat.
s : [nat -> nat].
ax : (= z z).
#premises ax.
#premises ax.
