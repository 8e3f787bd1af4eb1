/* expect: wants an argument of type `(vec (s z))` */
/* Also where the type depends on an argument. */
nat : type.
z : nat.
s : [nat -> nat].
vec : [nat -> type].
head : [('n : nat) -> (vec (s 'n)) -> nat].
nil : (vec z).
c : nat = (head z nil).
