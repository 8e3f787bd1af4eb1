/* expect: an arrow stands in square brackets */
f : (nat -> nat).
