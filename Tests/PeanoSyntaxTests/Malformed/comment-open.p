/* expect: this comment never ends */
f : nat. /* for ever
