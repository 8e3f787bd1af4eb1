/* refuse: every goal that a step leaves needs a block */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
ax : [(= z (s z)) -> false].
theorem t : false {
  apply (ax _).
}
