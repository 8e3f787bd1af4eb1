/* expect: found the end of the source */
f : nat
