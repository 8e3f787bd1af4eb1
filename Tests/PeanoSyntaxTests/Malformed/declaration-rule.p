/* expect: the name `rewrite` is reserved */
rewrite : nat.
