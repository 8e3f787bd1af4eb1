/* expect: stands where a type is wanted */
/* An equality has two sides. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= nat).
