/* expect: `prop` is built in */
/* So are the sorts. */
prop : prop.
