/* expect: expected `->` or `]` */
f : [nat nat].
