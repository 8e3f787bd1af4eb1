/* expect: the bound name `x` lacks its leading quote */
theorem t : nat { intro x : nat. }
