/* expect: used before its declaration on line 4 */
/* Names are declared before they are used. */
z : nat.
nat : type.
