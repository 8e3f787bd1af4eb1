/* expect: the name `_` is reserved */
_ : nat.
