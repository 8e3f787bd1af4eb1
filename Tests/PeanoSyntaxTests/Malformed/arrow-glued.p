/* expect: put spaces around `->` */
f : [nat->nat -> nat].
