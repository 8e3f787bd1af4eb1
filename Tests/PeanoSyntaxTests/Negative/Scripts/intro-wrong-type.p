/* refuse: the input has another type */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
theorem t : [('n : nat) -> (= 'n 'n)] {
  intro 'n : prop.
  show (= 'n 'n) by (eq_refl 'n).
}
