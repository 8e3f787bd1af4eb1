/* Natural numbers with addition and multiplication (Peano's axioms). Both operations recurse on
   their second argument. */

nat : type.

z : nat.
s : [nat -> nat].

/* 2 stands for (s (s z)). */
#literal nat z s.

+ : [nat -> nat -> nat].
* : [nat -> nat -> nat].

+_z : [('n : nat) -> (= (+ 'n z) 'n)].
#forward +_z ((+ 'n z) : nat).

+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#forward +_s ((+ 'n (s 'm)) : nat).

*_z : [('n : nat) -> (= (* 'n z) z)].
#forward *_z ((* 'n z) : nat).

*_s : [('n : nat) -> ('m : nat) -> (= (* 'n (s 'm)) (+ 'n (* 'n 'm)))].
#forward *_s ((* 'n (s 'm)) : nat).

/* Induction: a property of zero that passes to successors holds everywhere. */
nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
           -> [('n : nat) -> ('p 'n)]].
#backward nat_ind.

#premises eq_refl eq_symm rewrite +_z +_s *_s *_z nat_ind.
