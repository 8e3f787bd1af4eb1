/* expect: not the declared `false` */
/* A proof of one proposition proves no other. */
false : prop.
true : prop.
trivial : true.
bad : false = trivial.
