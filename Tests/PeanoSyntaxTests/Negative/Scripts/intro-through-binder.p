/* refuse: a name that is bound again is another variable */
nat : type.
z : nat.
s : [nat -> nat].
theorem t : [('c : nat) -> (= 'c z) -> ('c : nat) -> (= z 'c)] {
  intro 'c : nat.
  intro 'h : (= 'c z).
  intro 'd : nat.
  show (= z 'd) by (eq_symm 'h).
}
