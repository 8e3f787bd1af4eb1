/* expect: a numeral cannot be declared */
12 : nat.
