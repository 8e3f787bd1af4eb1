/* expect: not the declared */
/* 2 is not 1, whoever writes it. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
bad : (= 2 (s z)) = (refl nat 2).
