/* expect: `type` is too large */
/* Nor is (= type type). */
bad : (= type type).
