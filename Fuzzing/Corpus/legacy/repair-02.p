nat : type.
z : nat.
s : [nat -> nat].
le : [nat -> nat -> prop].
not : [prop -> prop].
a : [(z : nat) -> (le z z)].
