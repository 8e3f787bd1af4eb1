/* refuse: binders that collapse into one are another proposition */
nat : type.
z : nat.
s : [nat -> nat].
same : [('P : prop) -> 'P -> 'P].
theorem t : [('a : nat) -> ('b : nat) -> (= 'a 'b)] {
  apply (same _ _).
  goal [('c : nat) -> ('c : nat) -> (= 'c 'c)] {
    intro 'c : nat.
    intro 'd : nat.
    show (= 'd 'd) by (eq_refl 'd).
  }
}
