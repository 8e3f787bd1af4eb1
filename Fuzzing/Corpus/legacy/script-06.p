theorem t : [('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> [(not 'Q) -> (not 'P)]] {
intro P : prop. intro Q : prop. intro h : [P -> Q]. intro k : [Q -> false]. intro p : P.
show Q by h. show false by k.
}
