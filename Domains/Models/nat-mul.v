(* Coq's natural numbers, with both operations by recursion on the second argument. *)
(* theory bc25025b6d5416e383deea9dbe6a2e68ec22ce0e1b4d11b574240438324b0305 *)
From Minimo Require Import Prelude Theory.

Module Model <: THEORY.
  Definition c_nat : Type@{u} := nat.
  Definition c_z : c_nat := O.
  Definition c_s : c_nat -> c_nat := S.

  Fixpoint add (n m : nat) {struct m} : nat :=
    match m with O => n | S k => S (add n k) end.
  Fixpoint multiply (n m : nat) {struct m} : nat :=
    match m with O => O | S k => add n (multiply n k) end.

  Definition c_'2b' : c_nat -> c_nat -> c_nat := add.
  Definition c_'2a' : c_nat -> c_nat -> c_nat := multiply.
  Lemma c_'2b'_z : forall n : c_nat, c_'2b' n c_z = n.
  Proof. reflexivity. Qed.
  Lemma c_'2b'_s : forall n m : c_nat, c_'2b' n (c_s m) = c_s (c_'2b' n m).
  Proof. reflexivity. Qed.
  Lemma c_'2a'_z : forall n : c_nat, c_'2a' n c_z = c_z.
  Proof. reflexivity. Qed.
  Lemma c_'2a'_s : forall n m : c_nat, c_'2a' n (c_s m) = c_'2b' n (c_'2a' n m).
  Proof. reflexivity. Qed.
  Lemma c_nat_ind :
    forall p : c_nat -> Prop,
      p c_z -> (forall n : c_nat, p n -> p (c_s n)) -> forall n : c_nat, p n.
  Proof. exact nat_ind. Qed.
End Model.
