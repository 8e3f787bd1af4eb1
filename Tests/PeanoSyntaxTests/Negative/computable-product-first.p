/* expect: `*_s` cannot compute: its right side may mention * and 'm only as (* 'n 'm), and nothing that is declared after * */
/* Addition is declared after multiplication. */
nat : type.
z : nat.
s : [nat -> nat].
#literal nat z s.
* : [nat -> nat -> nat].
+ : [nat -> nat -> nat].
*_z : [('n : nat) -> (= (* 'n z) z)].
*_s : [('n : nat) -> ('m : nat) -> (= (* 'n (s 'm)) (+ 'n (* 'n 'm)))].
#computable * *_z *_s.
