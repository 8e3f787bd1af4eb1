/* expect: expected a step */
theorem t : nat { halt. }
