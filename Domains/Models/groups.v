(* Exclusive or on the truth values is an Abelian group. *)
(* theory 47043edffe786c7ce6b50ac0727f0a2076e8bbf0471b13f22178138468516131 *)
From Minimo Require Import Prelude Theory.

Module Model <: THEORY.
  Definition c_G : Type@{u} := bool.
  Definition c_op : c_G -> c_G -> c_G := xorb.
  Definition c_id : c_G := false.
  Definition c_inv : c_G -> c_G := fun a => a.

  Lemma c_op_assoc : forall a b c : c_G, c_op (c_op a b) c = c_op a (c_op b c).
  Proof. now intros [] [] []. Qed.
  Lemma c_op_comm : forall a b : c_G, c_op a b = c_op b a.
  Proof. now intros [] []. Qed.
  Lemma c_id_l : forall a : c_G, c_op c_id a = a.
  Proof. now intros []. Qed.
  Lemma c_inv_l : forall a : c_G, c_op (c_inv a) a = c_id.
  Proof. now intros []. Qed.
End Model.
