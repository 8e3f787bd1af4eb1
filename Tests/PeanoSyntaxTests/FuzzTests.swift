import Kernel
import PeanoSyntax
import Randomness
import TestSupport
import Testing

/// Whatever the bytes, reading gives a theory or diagnostics with a place in the source.
@Suite struct FuzzTests {
  static let mutations = 4_000

  @Test(arguments: Corpus.domains)
  func mutatedFilesAreReadOrRefused(_ domain: String) throws {
    let script =
      "theorem t : [('P : prop) -> 'P -> 'P] { intro 'x : (p z). "
      + "construct 'y : a by (rewrite _ 'x). apply s. "
      + "goal (let ('b : a = z) 'b) { show [a -> ('q : a) -> a] by (lambda ('x : a) 12). } }"
    let seed = try Corpus.domain(domain).text + script
    let pieces = pieces(of: seed)
    var (accepted, refused) = (0, 0)
    try forAll(Self.mutations) { stream in
      let source = SourceFile(path: "fuzz", bytes: mutated(seed, pieces, &stream))
      do {
        let tree = try parse(source)
        try #require((try? parse(SourceFile(path: "fuzz", text: tree.description))) != nil)
        let file = try elaborate(tree)
        try #require(file.theory.declarations.count >= 3)
        accepted += 1
      } catch let error as SyntaxError {
        let lines = source.text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        for diagnostic in error.diagnostics {
          try #require(1...max(1, lines) ~= diagnostic.position.line, "\(diagnostic)")
          try #require(diagnostic.position.column >= 1 && !diagnostic.message.isEmpty)
          try #require(!diagnostic.fix.isEmpty && diagnostic.underline.contains("^"))
        }
        refused += 1
      }
    }
    #expect(accepted + refused == Self.mutations)
    #expect(
      min(accepted, refused) > Self.mutations / 50, "\(accepted) accepted, \(refused) refused")
  }

  /// The words and marks of a text, to shuffle.
  private func pieces(of text: String) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var current: [UInt8] = []
    for byte in text.utf8 {
      if byte <= UInt8(ascii: " ") || "()[]{}.:,#".utf8.contains(byte) {
        if !current.isEmpty { pieces.append(current) }
        pieces.append([byte])
        current = []
      } else {
        current.append(byte)
      }
    }
    return pieces
  }

  private func mutated(
    _ text: String, _ pieces: [[UInt8]], _ stream: inout RandomStream
  ) -> [UInt8] {
    if stream.uniform(below: 3) == 0 {
      var bytes = Array(text.utf8)
      for _ in 0...stream.uniform(below: 3) {
        let place = stream.uniform(below: bytes.count)
        switch stream.uniform(below: 4) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: stream.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(stream.uniform(below: 128)), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + stream.uniform(below: 50)))
        }
        if bytes.isEmpty { return bytes }
      }
      return bytes
    }
    var pieces = pieces
    for _ in 0...stream.uniform(below: 4) {
      let (i, j) = (stream.uniform(below: pieces.count), stream.uniform(below: pieces.count))
      switch stream.uniform(below: 4) {
      case 0: pieces.swapAt(i, j)
      case 1: pieces[i] = pieces[j]
      case 2: pieces.insert(pieces[j], at: i)
      default: pieces.remove(at: i)
      }
    }
    return Array(pieces.joined())
  }
}
