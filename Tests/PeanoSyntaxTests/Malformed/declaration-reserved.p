/* expect: the name `goal` is reserved */
goal : nat.
