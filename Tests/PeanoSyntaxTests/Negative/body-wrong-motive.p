/* expect: not the declared `(= (s z) z)` */
/* The motive of subst decides what is proved. */
nat : type.
z : nat.
s : [nat -> nat].
h : (= z (s z)).
bad : (= (s z) z) = (subst nat z (s z) (lambda ('x : nat) (= z 'x)) h (refl nat z)).
