/* expect: expected `]` for the `[` */
f : [nat -> nat).
