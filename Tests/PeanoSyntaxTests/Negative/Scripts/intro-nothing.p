/* refuse: the goal has no input */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z z) {
  intro 'n : nat.
  show (= z z) by (eq_refl z).
}
