/* expect: expected the name of an annotation */
# : f.
