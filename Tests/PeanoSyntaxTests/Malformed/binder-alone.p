/* expect: a binder ('x : T) cannot stand here */
f : ('x : nat).
