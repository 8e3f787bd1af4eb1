/* expect: expected `infer` or `subgoal`, found `always` */
#backward f always.
