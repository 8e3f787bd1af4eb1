/* expect: `+_s` cannot compute: it is not declared, without a proof, as */
/* A variable that the left side does not mention. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> ('k : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#computable + +_z +_s.
