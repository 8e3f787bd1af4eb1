nat : type.
z : nat.
s : [nat -> nat].
le : [nat -> nat -> prop].
not : [prop -> prop].
a : [(le 'm z) -> (le z 'm)].
