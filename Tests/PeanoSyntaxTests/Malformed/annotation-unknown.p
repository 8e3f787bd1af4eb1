/* expect: unknown annotation `#axiom` */
#axiom f.
