/* expect: an application needs an argument */
f : (nat).
