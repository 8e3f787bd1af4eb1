/* expect: unknown bound name `'n` */
/* A name is not bound in its own type. */
nat : type.
z : nat.
s : [nat -> nat].
vec : [nat -> type].
ax : [('n : (vec 'n)) -> (= z z)].
