/* expect: wants an argument of type `false` */
/* A proof fits one proposition. */
false : prop.
true : prop.
trivial : true.
exfalso : [false -> ('P : prop) -> 'P].
bad : false = (exfalso trivial false).
