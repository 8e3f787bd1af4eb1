/* refuse: a goal block must prove a goal that the step left */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : [(= z (s z)) -> false].
theorem t : false {
  apply (ax _).
  goal (= z z) {
    show (= z z) by (eq_refl z).
  }
}
