/* expect: unknown bound name `'n` */
/* A name ends with its brackets. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [[('n : nat) -> (= 'n z)] -> (= 'n z)].
