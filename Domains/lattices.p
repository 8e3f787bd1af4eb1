/* Lattices as algebras: two operations, each commutative and associative, that absorb each other.
   Idempotence and the order of a lattice are theorems. */

L : type.

meet : [L -> L -> L].
join : [L -> L -> L].

meet_comm : [('a : L) -> ('b : L) -> (= (meet 'a 'b) (meet 'b 'a))].
#forward meet_comm ((meet 'a 'b) : L).

join_comm : [('a : L) -> ('b : L) -> (= (join 'a 'b) (join 'b 'a))].
#forward join_comm ((join 'a 'b) : L).

meet_assoc : [('a : L) -> ('b : L) -> ('c : L)
              -> (= (meet (meet 'a 'b) 'c) (meet 'a (meet 'b 'c)))].
#forward meet_assoc ((meet (meet 'a 'b) 'c) : L).

join_assoc : [('a : L) -> ('b : L) -> ('c : L)
              -> (= (join (join 'a 'b) 'c) (join 'a (join 'b 'c)))].
#forward join_assoc ((join (join 'a 'b) 'c) : L).

/* Absorption, wherever the inner half is in sight: the whole left side would be too much to ask
   for, and idempotence needs the instance at (join 'a (meet 'a 'a)). */
meet_join : [('a : L) -> ('b : L) -> (= (meet 'a (join 'a 'b)) 'a)].
#forward meet_join ((join 'a 'b) : L).

join_meet : [('a : L) -> ('b : L) -> (= (join 'a (meet 'a 'b)) 'a)].
#forward join_meet ((meet 'a 'b) : L).

#premises meet_comm join_comm meet_assoc join_assoc meet_join join_meet eq_refl eq_symm rewrite.
