/* expect: these constants cannot carry numerals */
/* Proofs are not counted. */
false : prop.
p : false.
q : [false -> false].
#literal false p q.
