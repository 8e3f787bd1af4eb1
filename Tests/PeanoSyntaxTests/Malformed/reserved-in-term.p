/* expect: the word `show` is reserved */
f : show.
