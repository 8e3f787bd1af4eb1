/* refuse: eq_symm needs an equality */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : false.
theorem t : (= z (s z)) {
  show (= z (s z)) by (eq_symm ax).
}
