(* Coq's natural numbers, with addition by recursion on the second argument. *)
(* theory 581cb8e7f7961f35b8e86c80b197e3b05aa6d66180db4cc3c272c257c1110805 *)
From Minimo Require Import Prelude Theory.

Module Model <: THEORY.
  Definition c_nat : Type@{u} := nat.
  Definition c_z : c_nat := O.
  Definition c_s : c_nat -> c_nat := S.

  Fixpoint add (n m : nat) {struct m} : nat :=
    match m with O => n | S k => S (add n k) end.

  Definition c_'2b' : c_nat -> c_nat -> c_nat := add.
  Lemma c_'2b'_z : forall n : c_nat, c_'2b' n c_z = n.
  Proof. reflexivity. Qed.
  Lemma c_'2b'_s : forall n m : c_nat, c_'2b' n (c_s m) = c_s (c_'2b' n m).
  Proof. reflexivity. Qed.
  Lemma c_nat_ind :
    forall p : c_nat -> Prop,
      p c_z -> (forall n : c_nat, p n -> p (c_s n)) -> forall n : c_nat, p n.
  Proof. exact nat_ind. Qed.
End Model.
