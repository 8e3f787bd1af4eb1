verify t {
let two : nat = (s one).
let n : nat.
let h : (le n two).
let four : nat = (+ two two).
show (= four (s (+ two one))) by +_s.
show (le two (s two)) by le_s.
show (le n (s two)) by le_trans.
}
