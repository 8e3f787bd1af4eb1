/* expect: has type `kind`, not the declared `type` */
/* The product over all types is too large to be a type (Hurkens). */
u : type = [('t : type) -> 't -> 't].
