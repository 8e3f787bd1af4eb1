/* expect: `plus_z` cannot compute: it is not declared, without a proof, as */
/* An equation with a definition. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
plus_z : [('n : nat) -> (= (+ 'n z) 'n)] = +_z.
#computable + plus_z +_s.
