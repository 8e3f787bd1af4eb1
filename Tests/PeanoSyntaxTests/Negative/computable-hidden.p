/* expect: `+_s` cannot compute: its right side may mention + and 'm only as (+ 'n 'm), and nothing that is declared after + */
/* The operation behind a definition. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
+ : [nat -> nat -> nat].
next : [nat -> nat] = (lambda ('k : nat) (+ (s 'k) 'k)).
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (next (+ 'n 'm)))].
#computable + +_z +_s.
