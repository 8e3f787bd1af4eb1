/* expect: expected `:` after the name `f` */
f nat.
