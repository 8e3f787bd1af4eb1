/* expect: a `goal` block belongs after an `apply` step */
theorem t : nat { show nat by z. goal nat { } }
