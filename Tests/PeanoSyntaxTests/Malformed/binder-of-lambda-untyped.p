/* expect: expected `:` after a bound name */
f : t = (lambda ('x) 'x).
