/* expect: so it is no proposition */
/* Nor is prop. */
theorem t : prop.
