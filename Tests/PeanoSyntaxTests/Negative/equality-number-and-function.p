/* expect: but `s` has type `[nat -> nat]` */
/* A function is no number. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= z s).
