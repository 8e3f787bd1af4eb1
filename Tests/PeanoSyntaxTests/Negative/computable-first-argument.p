/* expect: `+_z` cannot compute: it is not declared, without a proof, as [('n : T) -> (= (op 'n zero) …)] */
/* Recursion on the first argument. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ z 'n) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ (s 'n) 'm) (s (+ 'n 'm)))].
#computable + +_z +_s.
