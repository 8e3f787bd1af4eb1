/* expect: expected the name of a premise */
#premises.
