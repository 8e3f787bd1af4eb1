/* expect: `+_s` cannot compute: it is not declared, without a proof, as [('n : T) -> (= (op 'n zero) …)] */
/* The equations in the wrong order. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#computable + +_s +_z.
