/* expect: the name `ax` is declared already */
/* An axiom cannot gain a body. */
nat : type.
z : nat.
s : [nat -> nat].
ax : (= z z).
ax : (= z z) = (refl nat z).
