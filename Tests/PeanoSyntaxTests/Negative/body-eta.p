/* expect: not the declared `(= s (lambda ('a0 : nat) (s 'a0)))` */
/* There is no eta rule. */
nat : type.
z : nat.
s : [nat -> nat].
eta : (= s (lambda ('x : nat) (s 'x))) = (refl [nat -> nat] s).
