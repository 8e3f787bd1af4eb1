/* expect: expected `)` for the `(` */
f : (g (h x).
