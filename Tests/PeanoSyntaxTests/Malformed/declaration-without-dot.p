/* expect: expected `.` at the end of the declaration of `f` */
f : nat
g : nat.
