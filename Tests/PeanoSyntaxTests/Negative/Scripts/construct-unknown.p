/* refuse: the name is unknown */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
theorem t : false {
  construct 'p : false by (magic z).
  show false by 'p.
}
