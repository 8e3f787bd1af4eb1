import Testing

@testable import Export

@Suite struct LeanExportTests {
  @Test func theFilesOfASmallExport() throws {
    let fixture = try Fixture(
      """
      nat : type.
      z : nat.
      s : [nat -> nat].
      #literal nat z s.
      + : [nat -> nat -> nat].
      +_z : [('n : nat) -> (= (+ 'n z) 'n)].
      +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
      """)
    let symmetry = try fixture.certificate(
      "[('n : nat) -> (= 'n (+ 'n z))]",
      """
      (lambda ('n : nat) (subst nat (+ 'n z) 'n (lambda ('x : nat) (= 'x (+ 'n z))) (+_z 'n)
        (refl nat (+ 'n z))))
      """)
    let files = try LeanExporter().files(for: TheoremCollection(symmetry))
    #expect(files.map(\.path) == ["Theory.lean", "Proofs_0001.lean", "Assumptions.lean"])
    #expect(
      files[0].text == """
        /- Written by minimo export --format lean. UNCHECKED: Lean has not seen this file. -/

        /-- `s` applied `n` times to `z`. -/
        noncomputable def Theory.numeral (t : Type) (s : t -> t) (z : t) (n : Nat) : t :=
          @Nat.rec (fun _ => t) z (fun _ x => s x) n

        axiom Theory.«nat» : Type

        axiom Theory.«z» : Theory.«nat»

        axiom Theory.«s» : Theory.«nat» -> Theory.«nat»

        axiom Theory.«+» : Theory.«nat» -> Theory.«nat» -> Theory.«nat»

        axiom Theory.«+_z» : forall x0 : Theory.«nat», @Eq Theory.«nat» (Theory.«+» x0 Theory.«z»)
            x0

        axiom Theory.«+_s» : forall x0 : Theory.«nat», forall x1 : Theory.«nat», @Eq Theory.«nat»
            (Theory.«+» x0 (Theory.«s» x1)) (Theory.«s» (Theory.«+» x0 x1))

        """)
    #expect(
      files[1].text == """
        /- Written by minimo export --format lean. UNCHECKED: Lean has not seen this file. -/
        import Theory

        namespace Proofs

        theorem «a» :
            forall x0 : Theory.«nat», @Eq Theory.«nat» x0 (Theory.«+» x0 Theory.«z») :=
          fun x0 : Theory.«nat» => @Eq.ndrec Theory.«nat» (Theory.«+» x0 Theory.«z»)
            (fun x1 : Theory.«nat» => @Eq Theory.«nat» x1 (Theory.«+» x0 Theory.«z»))
            (@Eq.refl Theory.«nat» (Theory.«+» x0 Theory.«z»)) x0 (Theory.«+_z» x0)

        end Proofs

        """)
    #expect(
      files[2].text.hasSuffix(
        "import Theory\nimport Proofs_0001\n\n#print axioms Proofs.«a»\n"))
  }

  @Test func anOperationThatComputes() throws {
    let fixture = try Fixture(domain: "nat-mul")
    let computing = try fixture.certificate("(= (+ 2 3) 5)", "(refl nat 5)").computing
    let text = try LeanExporter().files(for: TheoremCollection(computing))[0].text
    #expect(
      text.contains(
        """
        inductive Theory.«nat» : Type where
          | zero : Theory.«nat»
          | succ : Theory.«nat» -> Theory.«nat»

        @[reducible] def Theory.«z» : Theory.«nat» := Theory.«nat».zero

        @[reducible] def Theory.«s» : Theory.«nat» -> Theory.«nat» := Theory.«nat».succ

        noncomputable def Theory.«+» : Theory.«nat» -> Theory.«nat» -> Theory.«nat»
          | x0, Theory.«nat».zero => x0
          | x0, Theory.«nat».succ x1 => Theory.«s» (Theory.«+» x0 x1)

        noncomputable def Theory.«*» : Theory.«nat» -> Theory.«nat» -> Theory.«nat»
          | x0, Theory.«nat».zero => Theory.«z»
          | x0, Theory.«nat».succ x1 => Theory.«+» x0 (Theory.«*» x0 x1)

        theorem Theory.«+_z»
        """))
    #expect(text.contains("axiom Theory.«nat_ind» : "))
  }
}
