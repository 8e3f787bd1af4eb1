/* expect: expected `by` in the `show` step */
theorem t : nat { show nat z. }
