/* refuse: a name of one goal block is unknown in the next */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
and : [prop -> prop -> prop].
and_i : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (and 'P 'Q)].
theorem t : (and [false -> false] false) {
  apply (and_i _ _ _ _).
  goal [false -> false] {
    intro 'h : false.
    show false by 'h.
  }
  goal false {
    show false by 'h.
  }
}
