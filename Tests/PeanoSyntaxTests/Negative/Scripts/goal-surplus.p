/* refuse: there are more blocks than goals */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : [(= z z) -> (= z (s z)) -> false].
theorem t : false {
  apply (ax _ _).
  goal (= z z) {
    show (= z z) by (eq_refl z).
  }
  goal (= z z) {
    show (= z z) by (eq_refl z).
  }
}
