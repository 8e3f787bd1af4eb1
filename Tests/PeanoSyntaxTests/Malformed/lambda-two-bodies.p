/* expect: expected `)` for the `(` */
f : t = (lambda ('x : nat) 'x 'x).
