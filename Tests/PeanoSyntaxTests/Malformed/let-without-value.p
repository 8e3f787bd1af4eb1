/* expect: expected `=` and a value */
f : t = (let ('x : nat) 'x).
