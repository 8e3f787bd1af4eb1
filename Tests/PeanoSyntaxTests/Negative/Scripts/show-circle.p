/* refuse: a theorem cannot use a later one */
nat : type.
z : nat.
s : [nat -> nat].
theorem a : (= z (s z)) {
  show (= z (s z)) by b.
}
theorem b : (= z (s z)) {
  show (= z (s z)) by a.
}
