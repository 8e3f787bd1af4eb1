/* refuse: the term has no type */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : [('n : nat) -> false].
theorem t : false {
  show false by (ax false).
}
