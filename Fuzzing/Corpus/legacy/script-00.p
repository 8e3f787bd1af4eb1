theorem t : [('n : nat) -> (le z 'n) -> (le z (s 'n))] {
intro n : nat. intro h : (le z n).
show (le n (s n)) by le_s.
show (le z (s n)) by le_trans.
}
