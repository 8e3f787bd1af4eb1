/* expect: has type `kind`, not the declared `type` */
/* A type that contains its own powersets. */
power : [type -> type] = (lambda ('t : type) ['t -> prop]).
u : type = [('t : type) -> [(power (power 't)) -> 't] -> (power (power 't))].
