/* expect: unknown name `+` */
/* Also in a theorem. */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : [('n : nat) -> (= (+ 'n z) 'n)].
