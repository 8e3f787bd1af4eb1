theorem t : (and (not false) (le one one)) {
apply and_i.
goal [false -> false] { intro h : false. }
goal (le (s z) one) { show (le one (s z)) by le_n. }
}
