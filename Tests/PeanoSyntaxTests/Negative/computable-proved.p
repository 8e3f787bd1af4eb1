/* expect: `plus_z` is a theorem, but operations compute by axioms */
/* An equation that is proved. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
theorem plus_z : [('n : nat) -> (= (+ 'n z) 'n)] {
  intro 'n : nat.
  show (= (+ 'n z) 'n) by (+_z 'n).
}
#computable + plus_z +_s.
