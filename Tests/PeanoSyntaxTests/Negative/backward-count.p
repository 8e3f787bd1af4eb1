/* expect: 3 modes for the 2 inputs */
/* One mode for each input. */
nat : type.
z : nat.
s : [nat -> nat].
ax : [('n : nat) -> ('m : nat) -> (= 'n 'm)].
#backward ax infer infer subgoal.
