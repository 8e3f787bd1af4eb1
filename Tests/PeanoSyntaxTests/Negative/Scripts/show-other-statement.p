/* refuse: show must state the goal */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z (s z)) {
  show (= z z) by (eq_refl z).
}
