/* expect: unknown name `ax2` */
/* An annotation names a declaration. */
nat : type.
z : nat.
s : [nat -> nat].
ax1 : (= z z).
#forward ax2.
