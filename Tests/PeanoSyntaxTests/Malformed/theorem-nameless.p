/* expect: expected the name of a theorem */
theorem : nat.
