/* expect: which is too large */
/* Equality at a large type. */
f : [type -> type].
bad : (= f f).
