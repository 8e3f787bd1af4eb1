theorem t : [('n : nat) -> (le 'n (s (s 'n)))] {
intro n : nat.
have (le n (s n)) { show (le n (s n)) by le_s. }
have (le (s n) (s (s n))) { show (le (s n) (s (s n))) by le_s. }
show (le n (s (s n))) by le_trans.
}
