nat : type.
z : nat.
s : [nat -> nat].
le : [nat -> nat -> prop].
not : [prop -> prop].
axiom a : (le z z).
