/* expect: stands where a type is wanted */
/* A function is no proposition. */
false : prop.
and : [prop -> prop -> prop].
ax : (and false).
