/* expect: unknown bound name `'m` */
/* Every bound name is bound. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'm)].
