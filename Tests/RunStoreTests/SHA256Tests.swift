import Testing

@testable import Hashing
@testable import RunStore

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples, from the NIST cryptographic standards site.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func standardVectors(_ message: String, _ digest: String) {
    #expect(SHA256.hash(message).hex == digest)
    #expect(SHA256.hash(Array(message.utf8)).hex == digest)
  }

  @Test func piecesGiveTheSameDigestAsTheWhole() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 300] {
      let whole = SHA256.hash(Array(bytes[..<length]))
      for cut in 0...length {
        var hasher = SHA256()
        hasher.update(Array(bytes[..<cut]))
        hasher.update(Array(bytes[cut..<length]))
        #expect(hasher.finalize() == whole, "length \(length), cut at \(cut)")
      }
    }
  }

  @Test func agreesWithTheReferenceProgram() throws {
    guard output(of: "sha256sum --version 2>/dev/null") != nil else {
      print("skipped: there is no sha256sum program")
      return
    }
    let scratch = Scratch()
    var random = TestRandom(seed: 7)
    for length in Array(0...130) + [4095, 4096, 1_000_003] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      try writeFile(scratch.path + "/\(length)", bytes)
    }
    let text = try #require(output(of: "cd \(scratch.path) && sha256sum -- *"))
    let lines = text.split(separator: "\n")
    #expect(lines.count == 134)
    for line in lines {
      let name = String(line.dropFirst(66))
      let bytes = try readFile(scratch.path + "/" + name, limit: 1 << 30)
      #expect(SHA256.hash(bytes).hex == line.prefix(64), "length \(name)")
    }
  }
}
