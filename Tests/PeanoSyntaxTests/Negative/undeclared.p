/* expect: unknown name `one` */
/* Every name is declared. */
nat : type.
z : nat.
s : [nat -> nat].
two : nat = (s one).
