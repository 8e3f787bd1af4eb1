/* refuse: the later of two equal names hides the earlier */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : [('c : nat) -> (= 'c z) -> ('c : nat) -> (= 'c z)] {
  intro 'c : nat.
  intro 'h : (= 'c z).
  intro 'c : nat.
  show (= 'c z) by 'h.
}
