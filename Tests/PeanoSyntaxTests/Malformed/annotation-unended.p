/* expect: expected `.` at the end of `#forward` */
#forward f
f : nat.
