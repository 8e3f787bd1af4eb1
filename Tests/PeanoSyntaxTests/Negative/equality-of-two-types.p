/* expect: the sides of this equality differ in type */
/* The sides of an equality have one type. */
nat : type.
z : nat.
s : [nat -> nat].
false : prop.
bad : (= z false).
