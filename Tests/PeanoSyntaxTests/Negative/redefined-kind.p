/* expect: `kind` is built in */
/* kind is no name. */
kind : type.
