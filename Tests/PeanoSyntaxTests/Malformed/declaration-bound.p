/* expect: `'f` starts with a quote */
'f : nat.
