/* expect: `+_s` cannot compute: its right side may mention + and 'm only as (+ 'n 'm) */
/* The operation on another first argument. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (+ (s 'n) 'm))].
#computable + +_z +_s.
