/* Natural numbers whose numerals compute.

   Sums and products of numerals are computed by the checker itself (#computable): it has verified
   that each pair of axioms is a recursion on the second argument, and takes them as rules. Powers
   are not: `norm` proves what they are, step by step, from the axioms. */

nat : type.

z : nat.
s : [nat -> nat].

/* 2 stands for (s (s z)). */
#literal nat z s.

+ : [nat -> nat -> nat].

+_z : [('n : nat) -> (= (+ 'n z) 'n)].
#forward +_z ((+ 'n z) : nat).

+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#forward +_s ((+ 'n (s 'm)) : nat).

#computable + +_z +_s.

* : [nat -> nat -> nat].

*_z : [('n : nat) -> (= (* 'n z) z)].
#forward *_z ((* 'n z) : nat).

*_s : [('n : nat) -> ('m : nat) -> (= (* 'n (s 'm)) (+ 'n (* 'n 'm)))].
#forward *_s ((* 'n (s 'm)) : nat).

#computable * *_z *_s.

^ : [nat -> nat -> nat].

^_z : [('n : nat) -> (= (^ 'n z) 1)].
#forward ^_z ((^ 'n z) : nat).

^_s : [('n : nat) -> ('m : nat) -> (= (^ 'n (s 'm)) (* 'n (^ 'n 'm)))].
#forward ^_s ((^ 'n (s 'm)) : nat).

/* Induction: a property of zero that passes to successors holds everywhere. */
nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
           -> [('n : nat) -> ('p 'n)]].
#backward nat_ind.

#premises eq_refl eq_symm rewrite norm +_z +_s *_z *_s ^_z ^_s nat_ind.

/* Both sides are the same number: it equals itself. */
theorem sum : (= (+ 123456789 987654321) 1111111110) {
  show (= (+ 123456789 987654321) 1111111110) by (eq_refl 1111111110).
}

theorem product : (= (* 123456789 987654321) 121932631112635269) {
  show (= (* 123456789 987654321) 121932631112635269) by (eq_refl 121932631112635269).
}

/* The axioms are rules for all numbers, not only for numerals. */
theorem add_two : [('n : nat) -> (= (+ 'n 2) (s (s 'n)))] {
  intro 'n : nat.
  show (= (+ 'n 2) (s (s 'n))) by (eq_refl (s (s 'n))).
}

/* Powers are proved from their axioms. */
theorem kilo : (= (^ 2 10) 1024) {
  show (= (^ 2 10) 1024) by norm.
}

theorem taxicab : (= (+ (^ 1 3) (^ 12 3)) (+ (^ 9 3) (^ 10 3))) {
  show (= (+ (^ 1 3) (^ 12 3)) (+ (^ 9 3) (^ 10 3))) by norm.
}

/* (norm t) proves (= t n), where n is the number that t computes to. */
theorem known_power : [('n : nat) -> (= 'n (^ 3 4)) -> (= 'n 81)] {
  intro 'n : nat.
  intro 'h : (= 'n (^ 3 4)).
  show (= 'n 81) by (rewrite (norm (^ 3 4)) 'h 1).
}
