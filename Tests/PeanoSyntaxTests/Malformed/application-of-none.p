/* expect: `()` is no term */
f : ().
