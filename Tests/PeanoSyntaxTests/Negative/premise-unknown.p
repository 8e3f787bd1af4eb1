/* expect: unknown name `ax2` */
/* Premises exist. */
nat : type.
z : nat.
s : [nat -> nat].
ax1 : (= z z).
#premises ax1 ax2.
