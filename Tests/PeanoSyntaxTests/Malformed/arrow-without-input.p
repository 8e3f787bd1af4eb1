/* expect: expected a term */
f : [-> nat].
