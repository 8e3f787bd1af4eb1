/* expect: a comment starts inside a name */
f/* why */ : nat.
