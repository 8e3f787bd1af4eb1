/* expect: a `goal` block belongs after an `apply` step */
theorem t : nat { goal nat { } }
