nat : type.
z : nat.
s : [nat -> nat].
le : [nat -> nat -> prop].
not : [prop -> prop].
a : [nat -> nat] = (lambda (n : nat) (s n)).
