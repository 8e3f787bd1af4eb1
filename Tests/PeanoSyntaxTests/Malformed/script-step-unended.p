/* expect: expected `.` at the end of the `intro` step */
theorem t : nat { intro 'x : nat }
