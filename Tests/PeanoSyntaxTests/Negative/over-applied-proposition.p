/* expect: is applied, but takes no argument */
/* Nor does a proposition. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : (false z).
