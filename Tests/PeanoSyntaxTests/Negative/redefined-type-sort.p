/* expect: `type` is built in */
/* type : type would be inconsistent. */
type : type.
