import Recheck
import Testing

struct CorpusTests {
  @Test func everyGoodCertificateIsAccepted() {
    #expect(Corpus.positive.count >= 25)
    for (file, verdict) in zip(Corpus.positive, verdicts(Corpus.positive.map(\.text))) {
      #expect(verdict.accepted != nil, "\(file.name): \(verdict)")
      guard let result = verdict.accepted else { continue }
      let lines = String(decoding: file.text, as: UTF8.self).split(separator: "\n")
      #expect("theory-hash \(result.theoryHash)" == lines[1], "\(file.name)")
      #expect((["axioms"] + result.axioms).joined(separator: " ") == lines[lines.count - 4])
      let nodes = lines.filter { $0.first!.isNumber }
      #expect(result.nodeCount == nodes.count, "\(file.name)")
    }
  }

  @Test func everyForgedCertificateIsRefusedForItsReason() {
    #expect(Corpus.negative.count >= 150)
    for (file, verdict) in zip(Corpus.negative, verdicts(Corpus.negative.map(\.text))) {
      let reason = file.name.prefix { $0 != "-" }
      #expect(verdict.reason?.rawValue == String(reason), "\(file.name)")
    }
  }

  @Test(arguments: [
    ("argumentMismatch-wrong-motive", "80 apply 76 79", RecheckError.Reason.argumentMismatch),
    ("undeclared-circle", "constant b", .undeclared),
    ("axioms-extra", "axioms ", .axioms),
    ("numbering-gap", "2 constant G", .numbering),
    ("redeclared-axiom", "assume id_l 37", .redeclared),
    ("theoryHash-axiom-added", "end-theory", .theoryHash),
  ])
  func theLineAtFaultIsNamed(name: String, content: String, reason: RecheckError.Reason) throws {
    let verdict = verdict(Corpus.named(name))
    #expect(verdict.reason == reason)
    let lines = Corpus.named(name).split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(verdict.line)
    #expect(lines[line - 1].contains(content), "line \(line): \(lines[line - 1])")
  }

  @Test func theSameWorkEveryTime() {
    let texts = Corpus.positive.map(\.text)
    #expect(verdicts(texts) == verdicts(texts))
  }

  @Test(arguments: ["lemma", "induction", "computable-slow", "literals"])
  func everyPrefixIsRefused(name: String) {
    let text = Array(Corpus.named(name).utf8)
    let prefixes = (0..<text.count).map { Array(text[..<$0]) }
    #expect(verdicts(prefixes).allSatisfy { $0.accepted == nil })
  }

  @Test(arguments: ["lemma", "induction", "computable-slow", "literals"])
  func everyLineIsNeeded(name: String) {
    let lines = Corpus.named(name).split(separator: "\n")
    let texts = lines.indices.map { index in
      Array((lines[..<index] + lines[(index + 1)...]).map { $0 + "\n" }.joined().utf8)
    }
    for (line, verdict) in zip(lines, verdicts(texts)) {
      #expect(verdict.accepted == nil, "without \(line)")
    }
  }

  /// Any change of the theory is found by its hash, if by nothing else.
  @Test func everyByteOfTheTheoryCounts() {
    let text = Array(Corpus.named("induction").utf8)
    let lines = text.split(separator: 10, omittingEmptySubsequences: false)
    let start = lines[2].startIndex
    let end = lines.first { $0.elementsEqual("end-theory".utf8) }!.endIndex
    for flip: UInt8 in [1, 4, 32] {
      let texts = (start..<end).map { index in
        var forged = text
        forged[index] ^= flip
        return forged
      }
      let accepted = verdicts(texts).enumerated().filter { $1.accepted != nil }.map { $0.offset }
      #expect(accepted == [], "bit \(flip) of these bytes of the theory")
    }
  }
}
