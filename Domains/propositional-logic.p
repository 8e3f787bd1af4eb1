/* Classical propositional logic in natural deduction. Implication is the arrow itself. */

false : prop.

not : [prop -> prop].
and : [prop -> prop -> prop].
or : [prop -> prop -> prop].
iff : [prop -> prop -> prop].

/* Conjunction: prove it backward from its parts, take it apart forward. */
and_i : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (and 'P 'Q)].
#backward and_i.
and_el : [('P : prop) -> ('Q : prop) -> (and 'P 'Q) -> 'P].
#forward and_el ('_ : (and 'P 'Q)).
and_er : [('P : prop) -> ('Q : prop) -> (and 'P 'Q) -> 'Q].
#forward and_er ('_ : (and 'P 'Q)).

/* Disjunction: case analysis only on a disjunction that is at hand. */
or_il : [('P : prop) -> ('Q : prop) -> 'P -> (or 'P 'Q)].
#backward or_il.
or_ir : [('P : prop) -> ('Q : prop) -> 'Q -> (or 'P 'Q)].
#backward or_ir.
or_e : [('P : prop) -> ('Q : prop) -> ('R : prop)
        -> (or 'P 'Q) -> ['P -> 'R] -> ['Q -> 'R] -> 'R].
#backward or_e infer infer infer infer subgoal subgoal.

/* Negation; elimination works in both directions. */
not_i : [('P : prop) -> ['P -> false] -> (not 'P)].
#backward not_i.
not_e : [('P : prop) -> (not 'P) -> 'P -> false].
exfalso : [false -> ('P : prop) -> 'P].
#backward exfalso.

/* Equivalence: two implications. */
iff_i : [('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> ['Q -> 'P] -> (iff 'P 'Q)].
#backward iff_i.
iff_el : [('P : prop) -> ('Q : prop) -> (iff 'P 'Q) -> ['P -> 'Q]].
#forward iff_el ('_ : (iff 'P 'Q)).
iff_er : [('P : prop) -> ('Q : prop) -> (iff 'P 'Q) -> ['Q -> 'P]].
#forward iff_er ('_ : (iff 'P 'Q)).

/* Excluded middle makes the logic classical. */
em : [('P : prop) -> (or 'P (not 'P))].
#forward em.

#premises and_i and_el and_er or_il or_ir or_e not_i not_e exfalso iff_i iff_el iff_er em.
