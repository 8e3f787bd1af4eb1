/* expect: not the declared `prop` */
/* Patterns are well typed. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'n)].
#forward ax ((s 'n) : prop).
