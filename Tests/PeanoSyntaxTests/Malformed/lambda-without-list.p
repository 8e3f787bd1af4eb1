/* expect: expected `(` after lambda */
f : t = (lambda 'x 'x).
