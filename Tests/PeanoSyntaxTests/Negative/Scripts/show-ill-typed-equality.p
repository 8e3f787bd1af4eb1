/* refuse: the statement is no proposition */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
theorem t : [('n : nat) -> (= 'n 'n)] {
  intro 'n : nat.
  construct 'p : (= false 'n) by (eq_refl 'n).
  show (= 'n 'n) by (eq_refl 'n).
}
