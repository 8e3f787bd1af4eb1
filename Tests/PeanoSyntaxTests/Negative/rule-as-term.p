/* expect: `eq_refl` is a rule, not a term */
/* Rules are steps, not terms. */
nat : type.
z : nat.
s : [nat -> nat].
bad : (= z z) = (eq_refl z).
