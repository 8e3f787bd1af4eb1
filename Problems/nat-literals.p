/* Statements about numbers that compute, stated and not proved here. */

theorem gauss : (= (* 2 (+ 1 (+ 2 (+ 3 4)))) (* 4 5)).
theorem pythagoras : (= (+ (^ 3 2) (^ 4 2)) (^ 5 2)).
theorem kibi : (= (^ 2 10) 1024).
theorem power_one : [('n : nat) -> (= (^ 'n 0) 1)].
theorem add_zero : [('n : nat) -> (= (+ 0 'n) 'n)].
theorem mul_one : [('n : nat) -> (= (* 1 'n) 'n)].
