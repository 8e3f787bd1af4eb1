/* expect: expected a term */
f : t = (lambda ('x : nat)).
