/* expect: wants an argument of type `type` */
/* The same product where a type is an argument. */
box : [type -> type].
u : (box [('t : type) -> 't -> 't]).
