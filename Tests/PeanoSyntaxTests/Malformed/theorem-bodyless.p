/* expect: expected `.` or `{` after the statement */
theorem t : nat by magic.
