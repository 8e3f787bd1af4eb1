/* Textbook statements about addition and multiplication of natural numbers, from single steps to
   laws that need induction, some of them lemmas too. Axioms: Domains/nat-mul.p. */

theorem zero_times_zero : (= (* z z) z).
theorem symmetry : [('a : nat) -> ('b : nat) -> (= 'a 'b) -> (= 'b 'a)].
theorem transitivity : [('a : nat) -> ('b : nat) -> ('c : nat)
                        -> (= 'a 'b) -> (= 'b 'c) -> (= 'a 'c)].
theorem plus_times_zero : [('a : nat) -> ('b : nat) -> (= (+ 'a (* 'b z)) 'a)].
theorem times_zero_times_zero : [('a : nat) -> (= (* (* 'a z) z) z)].
theorem zero_inside : [('a : nat) -> ('b : nat) -> (= (* 'a (+ 'b z)) (* 'a 'b))].
theorem times_zero_hypothesis : [('a : nat) -> ('b : nat) -> (= 'b z) -> (= (* 'a 'b) z)].
theorem left_congruence : [('a : nat) -> ('b : nat) -> ('c : nat)
                           -> (= 'a 'b) -> (= (* 'c 'a) (* 'c 'b))].
theorem right_congruence : [('a : nat) -> ('b : nat) -> ('c : nat)
                            -> (= 'a 'b) -> (= (* 'a 'c) (* 'b 'c))].
theorem product_plus : [('a : nat) -> ('b : nat) -> (= (+ 'a (* 'a 'b)) (* 'a (s 'b)))].
theorem times_one : [('a : nat) -> (= (* 'a (s z)) 'a)].
theorem plus_one : [('a : nat) -> (= (+ 'a (s z)) (s 'a))].
theorem one_times_one : (= (* (s z) (s z)) (s z)).
theorem times_two : [('a : nat) -> (= (* 'a (s (s z))) (+ 'a 'a))].
theorem zero_plus : [('n : nat) -> (= (+ z 'n) 'n)].
theorem zero_times : [('n : nat) -> (= (* z 'n) z)].
theorem one_times : [('n : nat) -> (= (* (s z) 'n) 'n)].
theorem distribute : [('a : nat) -> ('b : nat) -> ('c : nat)
                      -> (= (* 'a (+ 'b 'c)) (+ (* 'a 'b) (* 'a 'c)))].
theorem swap : [('a : nat) -> ('b : nat) -> (= (* 'a 'b) (* 'b 'a))].
