/* expect: `+` cannot compute: it is not declared, without a value, as [T -> T -> T] */
/* An operation with a definition. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat] = (lambda ('n : nat) (lambda ('m : nat) 'n)).
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (+ 'n 'm))].
#computable + +_z +_s.
