/* refuse: a goal is left open */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : [('n : nat) -> (= 'n z)] {
  intro 'n : nat.
}
