/* Textbook statements about lattices: absorption in all its forms, idempotence, and the order in
   which 'a is below 'b when (meet 'a 'b) is 'a. Axioms: Domains/lattices.p. */

theorem symmetry : [('a : L) -> ('b : L) -> (= 'a 'b) -> (= 'b 'a)].
theorem transitivity : [('a : L) -> ('b : L) -> ('c : L) -> (= 'a 'b) -> (= 'b 'c) -> (= 'a 'c)].
theorem meet_regroups_left : [('a : L) -> ('b : L) -> ('c : L)
                              -> (= (meet 'a (meet 'b 'c)) (meet (meet 'a 'b) 'c))].
theorem join_regroups_left : [('a : L) -> ('b : L) -> ('c : L)
                              -> (= (join 'a (join 'b 'c)) (join (join 'a 'b) 'c))].
theorem meet_congruence : [('a : L) -> ('b : L) -> ('c : L)
                           -> (= 'a 'b) -> (= (meet 'a 'c) (meet 'b 'c))].
theorem join_congruence : [('a : L) -> ('b : L) -> ('c : L)
                           -> (= 'a 'b) -> (= (join 'c 'a) (join 'c 'b))].
theorem meet_absorbs_swapped : [('a : L) -> ('b : L) -> (= (meet 'a (join 'b 'a)) 'a)].
theorem join_absorbs_swapped : [('a : L) -> ('b : L) -> (= (join 'a (meet 'b 'a)) 'a)].
theorem meet_absorbs_left : [('a : L) -> ('b : L) -> (= (meet (join 'a 'b) 'a) 'a)].
theorem join_absorbs_left : [('a : L) -> ('b : L) -> (= (join (meet 'a 'b) 'a) 'a)].
theorem meet_idempotent : [('a : L) -> (= (meet 'a 'a) 'a)].
theorem join_idempotent : [('a : L) -> (= (join 'a 'a) 'a)].
theorem below_swapped : [('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a) -> (= (meet 'b 'a) 'a)].
theorem antisymmetry : [('a : L) -> ('b : L)
                        -> (= (meet 'a 'b) 'a) -> (= (meet 'b 'a) 'b) -> (= 'a 'b)].
theorem below_by_join : [('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a) -> (= (join 'a 'b) 'b)].
theorem below_by_meet : [('a : L) -> ('b : L) -> (= (join 'a 'b) 'b) -> (= (meet 'a 'b) 'a)].
theorem order_is_transitive : [('a : L) -> ('b : L) -> ('c : L)
                               -> (= (meet 'a 'b) 'a) -> (= (meet 'b 'c) 'b)
                               -> (= (meet 'a 'c) 'a)].
theorem meet_swaps_last : [('a : L) -> ('b : L) -> ('c : L)
                           -> (= (meet (meet 'a 'b) 'c) (meet (meet 'a 'c) 'b))].
theorem meet_monotone : [('a : L) -> ('b : L) -> ('c : L) -> (= (meet 'a 'b) 'a)
                         -> (= (meet (meet 'a 'c) (meet 'b 'c)) (meet 'a 'c))].
