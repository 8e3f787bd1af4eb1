extension CoqTheory {
  /// What every export to Coq starts with: the universe of `type`, and arithmetic of numerals.
  ///
  /// The lemmas hold of every type with a zero and a successor, and are proved from Coq alone.
  /// They make large numerals possible: a numeral is binary here, and a sum of numerals follows
  /// from their binary sum without counting. Binary numbers without their library (`BinPosDef`, not
  /// `NArith`) keep `coqchk` fast: it checks all that is imported.
  static let prelude =
    CoqExporter.heading + #"""
      From Coq Require Export BinPosDef.

      (* The universe of [type]. *)
      Universe u.

      (* A positive numeral: [s] applied [n] times to [z]. *)
      Definition numeral (t : Type@{u}) (s : t -> t) (z : t) (n : positive) : t := Pos.iter s z n.

      (* What commutes with one step commutes with all. *)
      Lemma iter_map (t : Type@{u}) (f g h : t -> t) :
        (forall x, h (f x) = g (h x)) -> forall p x, h (Pos.iter f x p) = Pos.iter g (h x) p.
      Proof.
        intro step. induction p as [p IH | p IH |]; intro x; simpl.
        - now rewrite step, !IH.
        - now rewrite !IH.
        - apply step.
      Qed.

      Section Iteration.
        Variables (t : Type@{u}) (f : t -> t).

        Lemma iter_swap p x : Pos.iter f (f x) p = f (Pos.iter f x p).
        Proof. symmetry. now apply iter_map. Qed.

        Lemma iter_exchange p q x : Pos.iter f (Pos.iter f x p) q = Pos.iter f (Pos.iter f x q) p.
        Proof.
          symmetry. apply (iter_map t f f (fun x => Pos.iter f x p)). intro. apply iter_swap.
        Qed.

        Lemma iter_succ p : forall x, Pos.iter f x (Pos.succ p) = f (Pos.iter f x p).
        Proof.
          induction p as [p IH | p IH |]; intro x; simpl; [| reflexivity | reflexivity].
          now rewrite !IH, iter_swap.
        Qed.

        Lemma iter_sum p :
          forall q,
            (forall x, Pos.iter f x (Pos.add p q) = Pos.iter f (Pos.iter f x q) p)
            /\ (forall x, Pos.iter f x (Pos.add_carry p q) = f (Pos.iter f (Pos.iter f x q) p)).
        Proof.
          induction p as [p IH | p IH |]; intros [q | q |]; try destruct (IH q) as [sum carry];
            split; intro x; simpl;
            rewrite ?sum, ?carry, ?iter_succ, ?iter_swap, ?sum, ?carry, ?iter_succ, ?iter_swap;
            try rewrite (iter_exchange p q); reflexivity.
        Qed.

        Lemma iter_add p q x : Pos.iter f x (Pos.add p q) = Pos.iter f (Pos.iter f x q) p.
        Proof. apply (iter_sum p q). Qed.
      End Iteration.

      (* Natural numbers with zero, and what is counted by them. *)
      Definition sum (a b : N) : N :=
        match a, b with
        | N0, _ => b
        | _, N0 => a
        | Npos p, Npos q => Npos (Pos.add p q)
        end.

      Definition product (a b : N) : N :=
        match a, b with
        | Npos p, Npos q => Npos (Pos.mul p q)
        | _, _ => N0
        end.

      Definition double (a : N) : N := match a with N0 => N0 | Npos p => Npos (xO p) end.

      Definition next (a : N) : N := match a with N0 => Npos xH | Npos p => Npos (Pos.succ p) end.

      Definition value (t : Type@{u}) (s : t -> t) (z : t) (n : N) : t :=
        match n with N0 => z | Npos p => numeral t s z p end.

      Section Arithmetic.
        Variables (t : Type@{u}) (s : t -> t) (z : t).

        Lemma value_sum x a b : value t s x (sum a b) = value t s (value t s x b) a.
        Proof. destruct a, b; try reflexivity. apply iter_add. Qed.

        Lemma value_exchange x a b : value t s (value t s x a) b = value t s (value t s x b) a.
        Proof. destruct a, b; try reflexivity. apply iter_exchange. Qed.

        Lemma value_double x a : value t s x (double a) = value t s (value t s x a) a.
        Proof. now destruct a. Qed.

        (* Numerals are values, and back. The types of these say so word for word, so that
           checking a step of arithmetic never unfolds a numeral. *)
        Lemma zero_value : z = value t s z N0.
        Proof. reflexivity. Qed.

        Lemma numeral_value p : numeral t s z p = value t s z (Npos p).
        Proof. reflexivity. Qed.

        Lemma value_zero x : x = value t s z N0 -> x = z.
        Proof. exact (fun equation => equation). Qed.

        Lemma value_numeral x p : x = value t s z (Npos p) -> x = numeral t s z p.
        Proof. exact (fun equation => equation). Qed.

        (* The successor of a numeral. *)
        Lemma successor_value x a b : x = value t s z a -> next a = b -> s x = value t s z b.
        Proof. intros -> <-. destruct a; [reflexivity |]. symmetry. apply iter_succ. Qed.

        (* An operation that adds, on numerals. *)
        Variable plus : t -> t -> t.
        Hypothesis plus_z : forall n, plus n z = n.
        Hypothesis plus_s : forall n m, plus n (s m) = s (plus n m).

        Lemma plus_steps x b : plus x (value t s z b) = value t s x b.
        Proof.
          destruct b; [apply plus_z |]. cbn. unfold numeral.
          rewrite (iter_map t s s (plus x)); [now rewrite plus_z | apply plus_s].
        Qed.

        Lemma sum_value x y a b c :
          x = value t s z a -> y = value t s z b -> sum b a = c -> plus x y = value t s z c.
        Proof. intros -> -> <-. now rewrite value_sum, plus_steps. Qed.

        (* A step that adds a, repeated. *)
        Lemma repeated_steps (step : t -> t) a :
          (forall k, step (value t s z k) = value t s z (sum a k)) ->
          forall p k, Pos.iter step (value t s z k) p = value t s z (sum (product (Npos p) a) k).
        Proof.
          intro once. induction p as [p IH | p IH |]; intro k; simpl Pos.iter.
          - rewrite !IH, once. replace (product (Npos (xI p)) a)
              with (sum a (double (product (Npos p) a))) by now destruct a.
            now rewrite !value_sum, value_double.
          - rewrite !IH. replace (product (Npos (xO p)) a)
              with (double (product (Npos p) a)) by now destruct a.
            now rewrite !value_sum, value_double.
          - rewrite once. now destruct a.
        Qed.

        (* An operation that multiplies, on numerals. *)
        Variable times : t -> t -> t.
        Hypothesis times_z : forall n, times n z = z.

        Section Right.
          Hypothesis times_s : forall n m, times n (s m) = plus n (times n m).

          Lemma product_value x y a b c :
            x = value t s z a -> y = value t s z b -> product b a = c -> times x y = value t s z c.
          Proof.
            intros -> -> <-. destruct b as [| p]; [apply times_z |]. cbn [value]. unfold numeral.
            rewrite (iter_map t s _ (times _) (times_s _)), times_z.
            rewrite (repeated_steps (plus (value t s z a)) a) with (k := N0);
              [now rewrite value_sum |].
            intro k. now rewrite plus_steps, value_sum, value_exchange.
          Qed.
        End Right.

        Section Left.
          Hypothesis times_s : forall n m, times n (s m) = plus (times n m) n.

          Lemma product_value_left x y a b c :
            x = value t s z a -> y = value t s z b -> product b a = c -> times x y = value t s z c.
          Proof.
            intros -> -> <-. destruct b as [| p]; [apply times_z |]. cbn [value]. unfold numeral.
            rewrite (iter_map t s (fun y => plus y (value t s z a)) (times _) (times_s _)), times_z.
            rewrite (repeated_steps (fun y => plus y (value t s z a)) a) with (k := N0);
              [now rewrite value_sum |].
            intro k. now rewrite plus_steps, value_sum.
          Qed.
        End Left.
      End Arithmetic.

      """#
}
