/* expect: expected `.` at the end of the declaration */
f : nat).
