/* expect: `kind` has no type */
/* kind cannot be written. */
c : [kind -> prop].
