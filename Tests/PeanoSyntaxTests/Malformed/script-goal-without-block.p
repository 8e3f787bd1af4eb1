/* expect: expected `{` after the goal */
theorem t : nat { apply f. goal nat. }
