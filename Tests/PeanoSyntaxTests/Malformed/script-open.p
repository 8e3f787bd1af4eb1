/* expect: expected `}` for the `{` */
theorem t : nat { intro 'x : nat.
