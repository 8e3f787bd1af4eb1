(* Coq's own connectives. Excluded middle cannot be proved of all propositions, whatever the
   connectives are: by or_e, or implies Coq's disjunction. So it is assumed here too. *)
(* theory 0c636b0eb5cdd58166b36cec0a4b7fe172da76cb1abe49602a7b0e9a96fd1f16 *)
(* em rests on Model.excluded_middle *)
From Minimo Require Import Prelude Theory.

Axiom excluded_middle : forall P : Prop, P \/ ~ P.

Module Model <: THEORY.
  Definition c_false : Prop := False.
  Definition c_not : Prop -> Prop := not.
  Definition c_and : Prop -> Prop -> Prop := and.
  Definition c_or : Prop -> Prop -> Prop := or.
  Definition c_iff : Prop -> Prop -> Prop := iff.

  Lemma c_and_i : forall P Q : Prop, P -> Q -> c_and P Q.
  Proof. firstorder. Qed.
  Lemma c_and_el : forall P Q : Prop, c_and P Q -> P.
  Proof. firstorder. Qed.
  Lemma c_and_er : forall P Q : Prop, c_and P Q -> Q.
  Proof. firstorder. Qed.
  Lemma c_or_il : forall P Q : Prop, P -> c_or P Q.
  Proof. firstorder. Qed.
  Lemma c_or_ir : forall P Q : Prop, Q -> c_or P Q.
  Proof. firstorder. Qed.
  Lemma c_or_e : forall P Q R : Prop, c_or P Q -> (P -> R) -> (Q -> R) -> R.
  Proof. firstorder. Qed.
  Lemma c_not_i : forall P : Prop, (P -> c_false) -> c_not P.
  Proof. firstorder. Qed.
  Lemma c_not_e : forall P : Prop, c_not P -> P -> c_false.
  Proof. firstorder. Qed.
  Lemma c_exfalso : c_false -> forall P : Prop, P.
  Proof. firstorder. Qed.
  Lemma c_iff_i : forall P Q : Prop, (P -> Q) -> (Q -> P) -> c_iff P Q.
  Proof. firstorder. Qed.
  Lemma c_iff_el : forall P Q : Prop, c_iff P Q -> P -> Q.
  Proof. firstorder. Qed.
  Lemma c_iff_er : forall P Q : Prop, c_iff P Q -> Q -> P.
  Proof. firstorder. Qed.
  Lemma c_em : forall P : Prop, c_or P (c_not P).
  Proof. exact excluded_middle. Qed.
End Model.
