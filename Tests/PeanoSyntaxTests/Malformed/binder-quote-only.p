/* expect: `'` alone is no name */
f : [(' : nat) -> nat].
