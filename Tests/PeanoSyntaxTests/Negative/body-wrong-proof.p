/* expect: not the declared `(= z (s z))` */
/* Reflexivity does not prove that zero is one. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= z (s z)) = (refl nat z).
