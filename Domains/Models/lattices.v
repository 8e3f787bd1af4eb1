(* The truth values with conjunction and disjunction are a lattice. *)
(* theory 56d55382dda529de63da90128b42ec94bc311ad334250ec611963aac433ce0dc *)
From Minimo Require Import Prelude Theory.

Module Model <: THEORY.
  Definition c_L : Type@{u} := bool.
  Definition c_meet : c_L -> c_L -> c_L := andb.
  Definition c_join : c_L -> c_L -> c_L := orb.

  Lemma c_meet_comm : forall a b : c_L, c_meet a b = c_meet b a.
  Proof. now intros [] []. Qed.
  Lemma c_join_comm : forall a b : c_L, c_join a b = c_join b a.
  Proof. now intros [] []. Qed.
  Lemma c_meet_assoc : forall a b c : c_L, c_meet (c_meet a b) c = c_meet a (c_meet b c).
  Proof. now intros [] [] []. Qed.
  Lemma c_join_assoc : forall a b c : c_L, c_join (c_join a b) c = c_join a (c_join b c).
  Proof. now intros [] [] []. Qed.
  Lemma c_meet_join : forall a b : c_L, c_meet a (c_join a b) = a.
  Proof. now intros [] []. Qed.
  Lemma c_join_meet : forall a b : c_L, c_join a (c_meet a b) = a.
  Proof. now intros [] []. Qed.
End Model.
