/* Textbook statements about abelian groups, from one-step consequences of the axioms to the laws of
   inverses. Axioms: Domains/groups.p. */

theorem symmetry : [('a : G) -> ('b : G) -> (= 'a 'b) -> (= 'b 'a)].
theorem identity_squared : (= (op id id) id).
theorem transitivity : [('a : G) -> ('b : G) -> ('c : G) -> (= 'a 'b) -> (= 'b 'c) -> (= 'a 'c)].
theorem regroup_left : [('a : G) -> ('b : G) -> ('c : G)
                        -> (= (op 'a (op 'b 'c)) (op (op 'a 'b) 'c))].
theorem identity_commutes : [('a : G) -> (= (op id 'a) (op 'a id))].
theorem identity_left_backward : [('a : G) -> (= 'a (op id 'a))].
theorem inverse_left_backward : [('a : G) -> (= id (op (inv 'a) 'a))].
theorem inverse_commutes : [('a : G) -> (= (op 'a (inv 'a)) (op (inv 'a) 'a))].
theorem identity_by_hypothesis : [('a : G) -> (= 'a id) -> (= (op 'a 'a) 'a)].
theorem inverse_sides_swap : [('a : G) -> ('b : G) -> (= (op 'a 'b) id) -> (= (op 'b 'a) id)].
theorem inverse_congruence : [('a : G) -> ('b : G) -> (= 'a 'b) -> (= (inv 'a) (inv 'b))].
theorem left_congruence : [('a : G) -> ('b : G) -> ('c : G)
                           -> (= 'a 'b) -> (= (op 'c 'a) (op 'c 'b))].
theorem right_congruence : [('a : G) -> ('b : G) -> ('c : G)
                            -> (= 'a 'b) -> (= (op 'a 'c) (op 'b 'c))].
theorem identity_right : [('a : G) -> (= (op 'a id) 'a)].
theorem inverse_right : [('a : G) -> (= (op 'a (inv 'a)) id)].
theorem inverse_of_identity : (= (inv id) id).
theorem identity_inside : [('a : G) -> ('b : G) -> (= (op 'a (op id 'b)) (op 'a 'b))].
theorem cancel_inverse_right : [('a : G) -> ('b : G) -> (= (op (op 'a 'b) (inv 'b)) 'a)].
theorem cancel_inverse_left : [('a : G) -> ('b : G) -> (= (op (inv 'a) (op 'a 'b)) 'b)].
theorem identity_is_unique : [('e : G) -> [('x : G) -> (= (op 'e 'x) 'x)] -> (= 'e id)].
theorem swap_last : [('a : G) -> ('b : G) -> ('c : G)
                     -> (= (op (op 'a 'b) 'c) (op (op 'a 'c) 'b))].
theorem idempotent_is_identity : [('a : G) -> (= (op 'a 'a) 'a) -> (= 'a id)].
theorem inverse_is_unique : [('a : G) -> ('b : G) -> (= (op 'a 'b) id) -> (= 'b (inv 'a))].
theorem cancellation : [('a : G) -> ('b : G) -> ('c : G)
                        -> (= (op 'a 'b) (op 'a 'c)) -> (= 'b 'c)].
theorem inverse_of_inverse : [('a : G) -> (= (inv (inv 'a)) 'a)].
theorem inverse_of_product : [('a : G) -> ('b : G)
                              -> (= (inv (op 'a 'b)) (op (inv 'a) (inv 'b)))].
