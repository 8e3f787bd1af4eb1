/* expect: which is too large */
/* Types are not elements of a type. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= nat nat).
