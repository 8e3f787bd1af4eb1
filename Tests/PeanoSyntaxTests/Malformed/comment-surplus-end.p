/* expect: closes no comment */
f : nat. a*/ g : nat.
