/* Abelian groups, with left identity and left inverses as axioms; the right-hand laws follow. */

G : type.

op : [G -> G -> G].
id : G.
inv : [G -> G].

/* Regroup to the right, wherever a product of a product is in sight. */
op_assoc : [('a : G) -> ('b : G) -> ('c : G) -> (= (op (op 'a 'b) 'c) (op 'a (op 'b 'c)))].
#forward op_assoc ((op (op 'a 'b) 'c) : G).

/* Swap the factors of a product in sight. */
op_comm : [('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a))].
#forward op_comm ((op 'a 'b) : G).

id_l : [('a : G) -> (= (op id 'a) 'a)].
#forward id_l.

inv_l : [('a : G) -> (= (op (inv 'a) 'a) id)].
#forward inv_l.

#premises op_assoc op_comm id_l inv_l eq_refl eq_symm rewrite.
