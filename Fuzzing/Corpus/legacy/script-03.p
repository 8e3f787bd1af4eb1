theorem t : [('p : prop) -> ('q : prop) -> (or 'p 'q) -> (or 'q 'p)] {
intro p : prop. intro q : prop. intro h : (or p q).
apply or_e.
goal [p -> (or q p)] { intro hp : p. show (or q p) by or_r. }
goal [q -> (or q p)] { intro hq : q. show (or q p) by or_l. }
}
