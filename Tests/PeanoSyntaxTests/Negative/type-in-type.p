/* expect: has type `kind`, not the declared `type` */
/* type has no place in type. */
u : type = type.
