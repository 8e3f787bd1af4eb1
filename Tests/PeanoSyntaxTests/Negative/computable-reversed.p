/* expect: `+_z` cannot compute: it is not declared, without a proof, as */
/* An equation read from right to left. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= 'n (+ 'n z))].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#computable + +_z +_s.
