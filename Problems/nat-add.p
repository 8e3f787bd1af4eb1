/* Textbook statements about addition of natural numbers, from single steps to laws that need
   induction, some of them lemmas too. Axioms: Domains/nat-add.p. */

theorem symmetry : [('a : nat) -> ('b : nat) -> (= 'a 'b) -> (= 'b 'a)].
theorem zero_plus_zero : (= (+ z z) z).
theorem transitivity : [('a : nat) -> ('b : nat) -> ('c : nat)
                        -> (= 'a 'b) -> (= 'b 'c) -> (= 'a 'c)].
theorem successor_congruence : [('a : nat) -> ('b : nat) -> (= 'a 'b) -> (= (s 'a) (s 'b))].
theorem one_plus_zero : (= (+ (s z) z) (s z)).
theorem plus_zero_inside : [('a : nat) -> ('b : nat) -> (= (+ 'a (+ 'b z)) (+ 'a 'b))].
theorem plus_zero_twice : [('a : nat) -> (= (+ (+ 'a z) z) 'a)].
theorem left_congruence : [('a : nat) -> ('b : nat) -> ('c : nat)
                           -> (= 'a 'b) -> (= (+ 'c 'a) (+ 'c 'b))].
theorem right_congruence : [('a : nat) -> ('b : nat) -> ('c : nat)
                            -> (= 'a 'b) -> (= (+ 'a 'c) (+ 'b 'c))].
theorem plus_zero_hypothesis : [('a : nat) -> ('b : nat) -> (= 'b z) -> (= (+ 'a 'b) 'a)].
theorem plus_one : [('a : nat) -> (= (+ 'a (s z)) (s 'a))].
theorem one_plus_one : (= (+ (s z) (s z)) (s (s z))).
theorem successor_outside : [('a : nat) -> ('b : nat) -> (= (s (+ 'a 'b)) (+ 'a (s 'b)))].
theorem plus_two : [('a : nat) -> (= (+ 'a (s (s z))) (s (s 'a)))].
theorem plus_one_inside : [('a : nat) -> ('b : nat) -> (= (+ 'a (+ 'b (s z))) (s (+ 'a 'b)))].
theorem zero_plus : [('n : nat) -> (= (+ z 'n) 'n)].
theorem one_plus : [('n : nat) -> (= (+ (s z) 'n) (s 'n))].
theorem successor_plus : [('a : nat) -> ('b : nat) -> (= (+ (s 'a) 'b) (s (+ 'a 'b)))].
theorem regroup : [('a : nat) -> ('b : nat) -> ('c : nat)
                   -> (= (+ (+ 'a 'b) 'c) (+ 'a (+ 'b 'c)))].
theorem swap : [('a : nat) -> ('b : nat) -> (= (+ 'a 'b) (+ 'b 'a))].
