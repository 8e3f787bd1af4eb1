/* refuse: rewrite goes from left to right, into what it is given */
nat : type.
z : nat.
s : [nat -> nat].
ax : (= z (s z)).
theorem t : (= (s (s z)) z) {
  construct 'p : (= (s (s z)) z) by (rewrite ax ax).
  show (= (s (s z)) z) by 'p.
}
