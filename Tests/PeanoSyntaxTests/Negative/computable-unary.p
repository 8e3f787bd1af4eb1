/* expect: `f` cannot compute: it is not declared, without a value, as [T -> T -> T] */
/* An operation on one number. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
f : [nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#computable f +_z +_s.
