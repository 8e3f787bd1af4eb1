/* refuse: substitution into the predicate of an induction captures nothing */
nat : type.
z : nat.
s : [nat -> nat].
nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))] -> [('n : nat) -> ('p 'n)]].
theorem t : [('m : nat) -> ('n : nat) -> (= 'm z)] {
  apply (nat_ind _ _ _).
  goal [('n : nat) -> (= z z)] {
    intro 'n : nat.
    show (= z z) by (eq_refl z).
  }
  goal [('n : nat) -> [('n : nat) -> (= 'n z)] -> ('n : nat) -> (= (s 'n) z)] {
    intro 'n : nat.
    intro 'h : [('k : nat) -> (= 'k z)].
    intro 'm : nat.
    show (= (s 'm) z) by ('h (s 'm)).
  }
}
