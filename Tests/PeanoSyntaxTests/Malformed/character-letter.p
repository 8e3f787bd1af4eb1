/* expect: the character `λ` has no meaning here */
f : (λ x).
