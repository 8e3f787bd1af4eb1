/* expect: expected a term, found `.` */
f : nat = .
