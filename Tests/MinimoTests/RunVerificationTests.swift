import Foundation
import Kernel
import Minimo
import Testing

/// A run is what it says it is, or the place where it is not gets a name.
@Suite struct RunVerificationTests {
  private func train(at path: String) throws {
    var configuration = tinyConfiguration
    configuration.conjectures = 12
    try Trainer(
      domain: Domain(named: "groups"), configuration: configuration, threads: 2
    ).train(at: path)
  }

  @Test func anHonestRunHolds() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    let verification = try RunVerification(at: path, threads: 2)
    #expect(verification.failures == [])
    let seal = try #require(verification.seal)
    #expect(seal.findings == [] && seal.files > 10)
    #expect(verification.rows?.iterations == 3)
    let count = verification.provedCount + verification.hindsightCount
    #expect(count >= 4)
    #expect(try SavedRun(at: path).theorems().count == count)
    for tally in verification.tallies {
      #expect(tally.accepted == count && tally.refused == 0)
      #expect(tally.seconds > 0)
    }
    #expect(verification.tallies.map(\.name) == ["kernel", "recheck", "scripts"])
  }

  @Test func anInterruptedRunIsSealedToo() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    let trainer = try Trainer(
      domain: Domain(name: "middles", text: middles), configuration: tinyConfiguration, threads: 2)
    let stopped = failure { () throws(MinimoError) in
      try trainer.train(at: path) { (event) throws(MinimoError) in
        if case .committed = event { throw .interrupted }
      }
    }
    #expect(stopped?.exitCode == 130)
    let verification = try RunVerification(at: path, threads: 1)
    #expect(verification.failures == [] && verification.seal != nil)
    #expect(verification.rows?.iterations == 2)
    try Trainer.resume(at: path, threads: 1)
    #expect(try RunVerification(at: path, threads: 1).rows?.iterations == 3)
  }

  @Test func aFlippedBitIsNamedAndTheRestIsStillChecked() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    for file in [
      "run.json", "theory.p", "run.sqlite", "events.ndjson", "checkpoints/000001/manifest.json",
      "checkpoints/000002/examples.bin", "SHA256SUMS",
    ] {
      let url = URL(fileURLWithPath: path + "/" + file)
      let pristine = try Data(contentsOf: url)
      var bytes = pristine
      bytes[bytes.count / 2] ^= 4
      try FileManager.default.removeItem(at: url)
      try bytes.write(to: url)
      let failures = try RunVerification(at: path, threads: 1).failures
      #expect(failures.first?.place == path + "/" + file, "\(failures)")
      try pristine.write(to: url)
    }
    #expect(try RunVerification(at: path, threads: 1).failures == [])
  }

  @Test func aLostFileIsNamedOnce() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    for file in ["theory.p", "run.json", "run.sqlite"] {
      try FileManager.default.moveItem(atPath: "\(path)/\(file)", toPath: scratch.path + "/kept")
      let failures = try RunVerification(at: path, threads: 1).failures
      #expect(failures.map(\.place) == ["\(path)/\(file)"])
      #expect(failures.map(\.reason) == ["it is missing"])
      try FileManager.default.moveItem(atPath: scratch.path + "/kept", toPath: "\(path)/\(file)")
    }
    #expect(try RunVerification(at: path, threads: 1).failures == [])
  }

  @Test func twoDamagedCheckpointsAreBothNamedWithoutASeal() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    try FileManager.default.removeItem(atPath: path + "/SHA256SUMS")
    let names = ["000000/model.safetensors", "000002/optimizer.safetensors"]
    for name in names {
      let url = URL(fileURLWithPath: "\(path)/checkpoints/\(name)")
      var bytes = try Data(contentsOf: url)
      bytes[100] ^= 1
      try bytes.write(to: url)
    }
    let verification = try RunVerification(at: path, threads: 1)
    #expect(verification.seal == nil)
    #expect(verification.failures.map(\.place) == names.map { "\(path)/checkpoints/\($0)" })
    #expect(verification.tallies.allSatisfy { $0.refused == 0 && $0.accepted > 0 })
  }

  @Test func whatIsNoRunIsAnError() throws {
    let scratch = Scratch()
    #expect(
      failure { () throws(MinimoError) in
        try RunVerification(at: scratch.path + "/none", threads: 1)
      }?.exitCode == 65)
    let path = scratch.path + "/run"
    try train(at: path)
    try FileManager.default.removeItem(atPath: path + "/SHA256SUMS")
    try FileManager.default.removeItem(atPath: path + "/run.sqlite")
    #expect(
      failure { () throws(MinimoError) in try RunVerification(at: path, threads: 1) }?.exitCode
        == 65)
  }

  struct Forgery: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the failures must mention, together.
    let reasons: [String]
    let change: @Sendable (inout IterationRecord) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ reasons: [String],
      _ change: @escaping @Sendable (inout IterationRecord) -> Void
    ) {
      self.name = name
      self.reasons = reasons
      self.change = change
    }

    /// Changes the text of the first certificate.
    static func certificate(
      _ name: String, _ reasons: [String], _ change: @escaping @Sendable (String) -> String
    ) -> Forgery {
      Forgery(name, reasons) { record in
        record.proofs[0].certificate = change(record.proofs[0].certificate)
      }
    }
  }

  static let forgeries: [Forgery] = [
    .certificate("no certificate", ["kernel: line 1", "recheck: line 1"]) { _ in "" },
    .certificate("an axiom less", ["kernel: line", "recheck: line"]) {
      $0.replacing(/\naxioms G .*/, with: "\naxioms G")
    },
    .certificate("another proof", ["the proof is refused", "recheck: line"]) {
      $0.replacing(/\nproof .*/, with: "\nproof 0")
    },
    .certificate("another version", ["format 9", "recheck: line 1"]) {
      $0.replacing("minimo-certificate 1", with: "minimo-certificate 9")
    },
    Forgery("another statement", ["proves another statement than the recorded one"]) { record in
      let (theorem, other) = (record.proofs[0], record.proofs.last!)
      record.proofs[0].certificate = other.certificate
      precondition(theorem.statement != other.statement)
    },
    Forgery("the proof of another statement", ["the proof is one of another statement"]) { record in
      let other = record.proofs.last!
      record.proofs[0].statement = other.statement
      record.proofs[0].certificate = other.certificate
    },
    Forgery("a statement that is none", ["the recorded statement cannot be read"]) { record in
      record.proofs[0].statement += ")"
    },
    Forgery("a theory of its own", ["another theory than theory.p"]) { record in
      var builder = TheoryBuilder()
      let falsehood = try! builder.assume("false", type: .prop)
      let proof = try! builder.assume("oops", type: builder.arena.constant(falsehood))
      let theory = builder.freeze()
      let arena = TermArena(theory.terms)
      record.proofs[0].certificate =
        CertificateWriter(theory).certificate(
          of: arena.constant(falsehood), proof: arena.constant(proof), in: arena
        ).text
    },
    Forgery("a script that is none", ["script: line 1"]) { $0.proofs[0].script = "because" },
    Forgery("a script without a theorem", ["script: it has 0 theorems"]) {
      $0.proofs[0].script = ""
    },
    Forgery("a script without a proof", ["script: it has no proof"]) {
      $0.proofs[0].script = "theorem t : (= id id)."
    },
    Forgery("a script by magic", ["script: line 2: "]) {
      $0.proofs[0].script = "theorem t : (= id id) {\n  show (= id id) by magic.\n}"
    },
    Forgery("a script of two theorems", ["script: it has 2 theorems"]) { record in
      record.proofs[0].script += "\ntheorem t : (= id id)."
    },
    Forgery("the script of another theorem", ["script: it proves another statement"]) {
      $0.proofs[0].script = $0.proofs.last!.script
    },
    Forgery("a proof less", ["it is recorded as proved, without a proof", "proofs of"]) {
      $0.proofs.removeLast()
    },
    Forgery("a hash of another statement", ["does not have the hash recorded"]) {
      $0.hindsight[0].statementHash = String(repeating: "0", count: 64)
    },
    Forgery("a success too many", ["it says", "without a proof", "proofs of"]) { record in
      guard let open = record.outcomes.firstIndex(where: { $0.kind != .proved }) else { return }
      record.outcomes[open].kind = .proved
    },
    Forgery("numbers that are not so", counted.indices.map { "it says \(1e6 + Double($0))" }) {
      record in
      for (number, name) in counted.enumerated() {
        let index = record.metrics.firstIndex { $0.name == name }!
        record.metrics[index].value = 1e6 + Double(number)
      }
    },
  ]

  /// The metrics that rows determine.
  private static let counted = [
    "posed", "proved", "open", "dead", "refused", "expansions", "hindsight",
  ]

  /// The store cannot know: all hashes are right, only the claims are wrong.
  @Test(arguments: forgeries)
  func forgedClaimsAreNamed(_ forgery: Forgery) throws {
    let scratch = Scratch()
    let original = scratch.path + "/original"
    try train(at: original)
    let run = try Run.open(at: original, mode: .read)
    let path = scratch.path + "/forged"
    let forged = try Run.create(at: path, description: run.description, theory: run.theory)
    for iteration in 0...2 {
      var record = try run.record(iteration)
      if iteration == 2 {
        try #require(record.proofs.count > 1 && !record.hindsight.isEmpty)
        forgery.change(&record)
      }
      try forged.commit(record)
    }
    #expect(try forged.seal())
    let verification = try RunVerification(at: path, threads: 2)
    for reason in forgery.reasons {
      #expect(
        verification.failures.contains { $0.reason.contains(reason) },
        "\(reason) is not in \(verification.failures)")
    }
    #expect(verification.failures.allSatisfy { $0.place.hasPrefix(path + "/run.sqlite, ") })
    #expect(verification.seal?.findings == [])
  }

  @Test func anUnforgedCopyHolds() throws {
    let scratch = Scratch()
    let original = scratch.path + "/original"
    try train(at: original)
    let run = try Run.open(at: original, mode: .read)
    let path = scratch.path + "/copy"
    let copy = try Run.create(at: path, description: run.description, theory: run.theory)
    for iteration in 0...2 { try copy.commit(try run.record(iteration)) }
    #expect(try copy.seal())
    #expect(try RunVerification(at: path, threads: 1).failures == [])
    #expect(try Run.open(at: path, mode: .read).runHash() == run.runHash())
  }

  @Test func certificatesAreExportedOneByOne() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    let saved = try SavedRun(at: path)
    let theorems = try saved.theorems()
    let files = try saved.certificateFiles()
    #expect(files.count == theorems.count + 1)
    for (file, theorem) in zip(files, theorems) {
      #expect(file.path == theorem.id + ".cert" && file.text == theorem.certificate)
      let name = try #require(file.path.wholeMatch(of: /(\d{4})-(\d{4})(-(\d+))?\.cert/))
      #expect(Int(name.1) == theorem.subject.job.iteration)
      #expect(Int(name.2) == theorem.subject.job.slot)
      if case .hindsight(let id) = theorem.subject {
        #expect(name.4.flatMap { Int($0) } == id.number)
      } else {
        #expect(name.4 == nil)
      }
    }
    #expect(Set(files.map(\.path)).count == files.count)
    let index = files.last!.text.split(separator: "\n")
    #expect(files.last!.path == "index.tsv" && index.count == theorems.count + 1)
    for (line, theorem) in zip(index.dropFirst(), theorems) {
      let axioms = try Certificate(theorem.certificate).axioms.joined(separator: " ")
      #expect(line == "\(theorem.id).cert\t\(theorem.statement)\t\(axioms)")
    }
  }
}

extension Run {
  /// An iteration as it was committed.
  func record(_ iteration: Int) throws -> IterationRecord {
    var record = IterationRecord(iteration: iteration)
    for row in try conjectures(iteration: iteration) {
      record.conjectures.append(row.conjecture)
      record.outcomes.append(row.outcome)
    }
    record.hindsight = try hindsight(iteration: iteration)
    record.proofs = try proofs(iteration: iteration)
    record.exampleCounts = try exampleCounts(iteration: iteration)
    record.metrics = try metrics(iteration: iteration)
    record.timings = try timings(iteration: iteration)
    record.checkpoint = try readCheckpoint(iteration)
    return record
  }
}
