/* expect: `+` cannot compute: it is not declared, without a value, as [T -> T -> T] for a type T with numerals */
/* A type without numerals. */
nat : type.
z : nat.
s : [nat -> nat].
+ : [nat -> nat -> nat].
+_z : [('n : nat) -> (= (+ 'n z) 'n)].
+_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
#computable + +_z +_s.
