/* expect: expected a term, found `.` */
f : .
