/* expect: `ax` is listed twice */
/* Each once. */
nat : type.
z : nat.
s : [nat -> nat].
ax : (= z z).
#premises ax eq_refl ax.
