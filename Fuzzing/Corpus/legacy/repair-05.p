nat : type.
z : nat.
s : [nat -> nat].
le : [nat -> nat -> prop].
not : [prop -> prop].
a : (('n : nat) -> nat -> (le 'n 'n)).
