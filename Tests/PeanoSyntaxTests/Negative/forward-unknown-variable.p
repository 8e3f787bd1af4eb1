/* expect: unknown bound name `'m` */
/* Patterns use the names of the inputs. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> (= 'n 'n)].
#forward ax ((s 'm) : nat).
