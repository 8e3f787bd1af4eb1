/* expect: the name `z` is declared already */
/* Nothing is ever replaced. */
nat : type.
z : nat.
s : [nat -> nat].
z : nat.
