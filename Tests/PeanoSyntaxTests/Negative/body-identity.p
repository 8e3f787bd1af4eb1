/* expect: not the declared */
/* [P -> Q] is not [P -> P]. */
false : prop.
any : [('P : prop) -> 'P] = (lambda ('P : prop, 'h : [false -> 'P]) 'h).
