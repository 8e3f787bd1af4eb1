/* refuse: a theorem cannot be used in its own proof */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : (= z (s z)) {
  show (= z (s z)) by t.
}
