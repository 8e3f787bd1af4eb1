/* expect: wants an argument of type `type` */
/* And not three. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= z z z).
