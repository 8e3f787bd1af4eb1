/* expect: mentions `type` */
/* A function into sorts has no type. */
f : [prop -> type] = (lambda ('p : prop) type).
