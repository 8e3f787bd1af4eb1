import Foundation
import Kernel
import Parallel
import Recheck
import Testing

@testable import Export

/// What is not a certificate is refused with the line that is wrong.
@Suite struct CertificateReaderTests {
  static let base = """
    minimo-certificate 1
    theory-hash 0
    theory
    0 sort type
    assume nat 0
    1 constant nat
    assume z 1
    2 forall 1 1
    assume s 2
    literals nat z s
    3 numeral nat 12
    define twelve 1 3
    4 constant =
    5 apply 4 1
    6 apply 5 3
    7 apply 6 3
    8 constant refl
    9 apply 8 1
    10 apply 9 3
    prove lemma 7 10
    end-theory
    11 constant lemma
    12 bound 0
    13 let 7 11 12
    axioms nat z s
    statement 7
    proof 13
    end

    """.rehashed

  @Test func theBaseIsRight() throws {
    let certificate = try Certificate(CertificateReaderTests.base)
    #expect(certificate.text == CertificateReaderTests.base)
    #expect(try certificate.check().axioms == ["nat", "z", "s"])
    #expect(try recheck(Array(CertificateReaderTests.base.utf8)).axioms == ["nat", "z", "s"])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let from: String
    let to: String
    let line: Int
    let reason: String
    var testDescription: String { "\(from) → \(to)" }

    init(_ from: String, _ to: String, _ line: Int, _ reason: String) {
      self.from = from
      self.to = to
      self.line = line
      self.reason = reason
    }
  }

  static let wrong: [Wrong] = [
    // The form of lines.
    Wrong("minimo-certificate 1", "minimo-certificate 2", 1, "format 2"),
    Wrong("minimo-certificate 1", "minimo certificate 1", 1, "'minimo' stands where"),
    Wrong("theory-hash ", "theory-hash-", 2, "stands where 'theory-hash'"),
    Wrong("theory\n0", "theory \n0", 3, "space too many"),
    Wrong("0 sort type", "0 sort type ", 4, "space too many"),
    Wrong("0 sort type", "0 sort type\r", 4, "byte 13"),
    Wrong("0 sort type", "0 sort\ttype", 4, "byte 9"),
    Wrong("assume z 1", "\nassume z 1", 7, "empty"),
    Wrong("assume z 1", "assume z 1 1", 7, "4 parts instead of 3"),
    Wrong("\nend\n", "\nend", 28, "never ends"),
    Wrong("\nend\n", "\n", 28, "missing"),
    Wrong("\nend\n", "\nend\n\n", 28, "follows the end"),
    Wrong("\nend\n", "\nfin\n", 28, "'fin' stands where 'end'"),
    // Nodes.
    Wrong("1 constant nat", "2 constant nat", 6, "node 1 is missing"),
    Wrong("1 constant nat", "01 constant nat", 6, "'01' is no number"),
    Wrong("1 constant nat", "1", 6, "empty"),
    Wrong("1 constant nat", "1 constant z", 6, "'z' is not declared"),
    Wrong("1 constant nat", "1 konstant nat", 6, "no kind of node"),
    Wrong("0 sort type", "0 sort Type", 4, "no sort"),
    Wrong("2 forall 1 1", "2 forall 1 2", 8, "no node 2 before"),
    Wrong("2 forall 1 1", "2 forall 1 -1", 8, "'-1' is no number"),
    Wrong("2 forall 1 1", "2 forall 1 9999999999", 8, "is no number"),
    Wrong("numeral nat 12", "numeral z 12", 11, "'z' has no numerals"),
    Wrong("numeral nat 12", "numeral nat 012", 11, "'012' is no number"),
    Wrong("numeral nat 12", "numeral nat 1a", 11, "'1a' is no number"),
    Wrong(
      "numeral nat 12", "numeral nat " + String(repeating: "1", count: 4097), 11, "no number"),
    // Declarations.
    Wrong("assume z 1", "assume z 2", 7, "no node 2 before"),
    Wrong("assume z 1", "suppose z 1", 7, "neither a node nor a declaration"),
    Wrong("assume s 2", "assume z 2", 9, "'z' is declared already"),
    Wrong("assume s 2", "assume subst 2", 9, "'subst' is declared already"),
    Wrong("assume s 2", "assume prop 2", 9, "'prop' is no name"),
    Wrong("assume s 2", "assume 's 2", 9, "is no name"),
    Wrong("assume s 2", "assume s# 2", 9, "is no name"),
    Wrong("literals nat z s", "literals nat z t", 10, "'t' is not declared"),
    Wrong("literals nat z s", "literals nat z s\nliterals nat z s", 11, "numerals already"),
    Wrong("end-theory", "end-of-theory", 21, "neither a node nor a declaration"),
    Wrong("end-theory", "end-theory 1", 21, "2 parts instead of 1"),
    // After the theory.
    Wrong("11 constant lemma", "assume new 0", 22, "neither a node nor 'axioms'"),
    Wrong("axioms nat z s", "axioms nat s z", 25, "order of declaration"),
    Wrong("axioms nat z s", "axioms nat nat z s", 25, "order of declaration"),
    Wrong("axioms nat z s", "axioms nat z s lemma", 25, "'lemma' is not assumed"),
    Wrong("axioms nat z s", "axioms = nat z s", 25, "'=' is not assumed"),
    Wrong("statement 7", "statement 14", 26, "no node 14"),
    Wrong("proof 13", "13 13", 27, "'13' stands where 'proof'"),
    // What the kernel refuses.
    Wrong("assume z 1", "assume z 0", 10, "literals"),
    Wrong("define twelve 1 3", "define twelve 0 3", 12, "the declaration is refused"),
    Wrong("prove lemma 7 10", "prove lemma 7 3", 20, "the declaration is refused"),
    Wrong("prove lemma 7 10", "prove lemma 1 3", 20, "no proposition"),
    Wrong("axioms nat z s", "axioms nat z", 25, "depends on nat z s, not on nat z"),
    Wrong("axioms nat z s", "axioms", 25, "depends on nat z s, not on no axioms"),
    Wrong("statement 7", "statement 3", 27, "no proposition"),
    Wrong("statement 7", "statement 12", 27, "bound variable 0 has no binder"),
    Wrong("proof 13", "proof 12", 27, "bound variable 0 has no binder"),
    Wrong("proof 13", "proof 7", 27, "another type"),
    Wrong("12 bound 0", "12 bound 1", 27, "bound variable 0 has no binder"),
  ]

  @Test(arguments: wrong)
  func whatIsWrongIsNamed(_ wrong: Wrong) throws {
    let text = CertificateReaderTests.base.replacingOccurrences(of: wrong.from, with: wrong.to)
      .rehashed
    #expect(text != CertificateReaderTests.base)
    let error = try #require(refusal(text))
    #expect(error.line == wrong.line, "\(error)")
    if wrong.reason != "literals" { #expect(error.reason.contains(wrong.reason), "\(error)") }
    #expect(throws: RecheckError.self) { try recheck(Array(text.utf8)) }
  }

  @Test func anotherTheoryThanTheHashSays() throws {
    let text = CertificateReaderTests.base.replacingOccurrences(of: "12", with: "13")
    let error = try #require(refusal(text))
    #expect(error == CertificateError(line: 2, reason: "the theory that follows has another hash"))
  }

  @Test func sizesHaveLimits() throws {
    let base = CertificateReaderTests.base
    let long = String(repeating: "n", count: 257)
    #expect(
      refusal(base.replacingOccurrences(of: "twelve", with: long).rehashed)?.line == 12)
    let longest = String(repeating: "n", count: 256)
    #expect(refusal(base.replacingOccurrences(of: "twelve", with: longest).rehashed) == nil)
    let digits = String(repeating: "9", count: 4096)
    #expect(
      refusal(base.replacingOccurrences(of: "nat 12", with: "nat " + digits).rehashed) == nil)
    let many = (0...CertificateLimits.declarations).map { "assume a\($0) 0\n" }.joined()
    let error = refusal(base.replacingOccurrences(of: "end-theory", with: many + "end-theory"))
    #expect(error?.reason.contains("declarations") == true)
    #expect(
      refusal([UInt8](repeating: 10, count: CertificateLimits.bytes + 1))?.reason.contains("limit")
        == true)
  }

  /// Each byte in turn becomes others: what is still accepted says what it said.
  @Test func everyByteCounts() throws {
    let fixture = try Fixture(everything)
    let small = try fixture.certificate("(P 1)", "(P_s 0 P_z)")
    for certificate in [small, try Certificate(CertificateReaderTests.base)] {
      let pristine = Array(certificate.text.utf8)
      let positions = pristine.indices
      let accepted = WorkerPool(threads: 2).map(positions.count) { position in
        var bytes = pristine
        var accepted: [String] = []
        for value in mutations(of: pristine[position]) {
          bytes[position] = value
          let isAccepted = (try? Certificate(bytes: bytes).check()) != nil
          let isAcceptedAgain = (try? recheck(bytes)) != nil
          #expect(isAccepted == isAcceptedAgain, "byte \(position), \(value)")
          if isAccepted { accepted.append(String(decoding: bytes, as: UTF8.self)) }
        }
        return accepted
      }.flatMap { $0 }
      for text in accepted {
        let read = try Certificate(text)
        #expect(read.theory == certificate.theory)
        #expect(read[read.statement] == certificate[certificate.statement], "\(text)")
      }
      // Only a few numbers can change, to those of other proofs of the same statement.
      #expect(accepted.count <= 8, "\(accepted)")
    }
  }

  /// The certificates that the second checker must refuse.
  @Test func theKernelRefusesWhatTheOtherCheckerRefuses() throws {
    let folder = Fixture.repository.appending(path: "Tests/RecheckTests/Negative")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "cert" }.sorted { $0.path < $1.path }
    #expect(files.count >= 60)
    // What is too much for one checker need not be for the other.
    for file in files where !file.lastPathComponent.hasPrefix("limit-") {
      #expect(refusal(Array(try Data(contentsOf: file))) != nil, "\(file.lastPathComponent)")
    }
    let positive = Fixture.repository.appending(path: "Tests/RecheckTests/Positive")
    for file in try FileManager.default.contentsOfDirectory(
      at: positive, includingPropertiesForKeys: nil
    ).sorted(by: { $0.path < $1.path }) where file.pathExtension == "cert" {
      let error = refusal(Array(try Data(contentsOf: file)))
      #expect(error == nil, "\(file.lastPathComponent)")
    }
  }
}

/// What a byte is changed to: its neighbors by one bit, and bytes that mean something.
private func mutations(of byte: UInt8) -> [UInt8] {
  let others = (0..<8).map { byte ^ (1 << $0) } + Array("0129 \nz-".utf8)
  return Array(Set(others).subtracting([byte])).sorted()
}
