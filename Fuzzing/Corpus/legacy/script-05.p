theorem t : [('n : nat) -> (= 'n 'n)] {
intro n : nat.
have nat { construct m : nat = (s n) by s. }
show (= n n) by eq_refl.
}
