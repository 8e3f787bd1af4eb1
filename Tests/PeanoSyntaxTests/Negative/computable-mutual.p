/* expect: `+_s` cannot compute: its right side may mention + and 'm only as (+ 'n 'm), and nothing that is declared after + */
/* Multiplication is declared after what uses it. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
* : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (* 'n (+ 'n 'm)))].
#computable + +_z +_s.
