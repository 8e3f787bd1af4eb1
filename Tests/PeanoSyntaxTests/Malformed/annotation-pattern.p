/* expect: expected `:` after a pattern */
#forward f ((s 'n)).
