/* expect: `prop` is built in */
/* A built-in cannot gain a body. */
prop : type = type.
