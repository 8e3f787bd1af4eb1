/* expect: expected its successor */
#literal nat z.
