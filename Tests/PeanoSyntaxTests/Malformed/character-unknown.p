/* expect: the character `&` has no meaning here */
f : (g & h).
