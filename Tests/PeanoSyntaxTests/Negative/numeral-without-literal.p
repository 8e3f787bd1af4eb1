/* expect: the numeral `2` has no type here */
/* A numeral needs #literal. */
nat : type.
z : nat.
s : [nat -> nat].
c : nat = 2.
