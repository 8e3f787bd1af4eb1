/* expect: must be declared constants */
/* Zero and successor are axioms. */
nat : type.
z : nat.
s : [nat -> nat].
one : nat = (s z).
#literal nat one s.
