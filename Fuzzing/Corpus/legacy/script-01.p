theorem t : (exists nat (lambda ('n : nat) (le (s z) 'n))) {
construct a : nat = (s z) by s.
construct b : nat = (s (s z)) by s.
apply ex_i.
goal (le (s z) (s (s z))) { show (le (s z) (s (s z))) by le_s. }
}
