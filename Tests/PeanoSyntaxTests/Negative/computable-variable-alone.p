/* expect: `+_s` cannot compute: its right side may mention + and 'm only as (+ 'n 'm) */
/* Recursion that uses the number before as well. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'm 'n)))].
#computable + +_z +_s.
