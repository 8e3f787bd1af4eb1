/* expect: which is too large */
/* (= prop prop) is no proposition. */
bad : (= prop prop).
