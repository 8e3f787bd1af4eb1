/* expect: expected `->` after a named input */
f : [('x : nat)].
