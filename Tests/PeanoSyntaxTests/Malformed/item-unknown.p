/* expect: expected a declaration, found `)` */
).
