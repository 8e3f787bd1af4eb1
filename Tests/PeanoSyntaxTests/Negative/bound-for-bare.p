/* expect: without the quote */
/* A constant has none. */
nat : type.
z : nat.
s : [nat -> nat].
ax : (= 'z 'z).
