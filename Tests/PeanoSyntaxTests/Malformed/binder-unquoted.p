/* expect: the bound name `x` lacks its leading quote */
f : [(x : nat) -> nat].
