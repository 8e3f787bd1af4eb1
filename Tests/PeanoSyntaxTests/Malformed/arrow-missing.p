/* expect: this bracket group holds no `->` */
f : [nat].
