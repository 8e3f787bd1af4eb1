(* The natural numbers of the theory itself: an inductive type, on which sum and product already
   compute. Powers are a recursion like them. *)
(* theory ae012b3c02b050e7e02227a60f5597f16468f899192262dd09df1a2febc73b77 *)
From Minimo Require Import Prelude Theory.
Unset Elimination Schemes.

Module Model <: THEORY.
  Inductive c_nat : Type@{u} := c_z : c_nat | c_s : c_nat -> c_nat.

  Fixpoint c_'2b' (n m : c_nat) {struct m} : c_nat :=
    match m with c_z => n | c_s k => c_s (c_'2b' n k) end.
  Definition c_'2b'_z : forall n : c_nat, c_'2b' n c_z = n := @eq_refl c_nat.
  Definition c_'2b'_s : forall n m : c_nat, c_'2b' n (c_s m) = c_s (c_'2b' n m) :=
    fun n m => @eq_refl c_nat (c_s (c_'2b' n m)).

  Fixpoint c_'2a' (n m : c_nat) {struct m} : c_nat :=
    match m with c_z => c_z | c_s k => c_'2b' n (c_'2a' n k) end.
  Definition c_'2a'_z : forall n : c_nat, c_'2a' n c_z = c_z := fun _ => @eq_refl c_nat c_z.
  Definition c_'2a'_s : forall n m : c_nat, c_'2a' n (c_s m) = c_'2b' n (c_'2a' n m) :=
    fun n m => @eq_refl c_nat (c_'2b' n (c_'2a' n m)).

  Fixpoint c_'5e' (n m : c_nat) {struct m} : c_nat :=
    match m with c_z => c_s c_z | c_s k => c_'2a' n (c_'5e' n k) end.
  Lemma c_'5e'_z : forall n : c_nat, c_'5e' n c_z = c_s c_z.
  Proof. reflexivity. Qed.
  Lemma c_'5e'_s : forall n m : c_nat, c_'5e' n (c_s m) = c_'2a' n (c_'5e' n m).
  Proof. reflexivity. Qed.

  Lemma c_nat_ind :
    forall p : c_nat -> Prop,
      p c_z -> (forall n : c_nat, p n -> p (c_s n)) -> forall n : c_nat, p n.
  Proof.
    intros p zero step. exact (fix all n := match n with c_z => zero | c_s k => step k (all k) end).
  Qed.
End Model.
