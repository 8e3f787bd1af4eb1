/* refuse: the term proves another statement */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
theorem t : false {
  construct 'p : false by (eq_refl z).
  show false by 'p.
}
