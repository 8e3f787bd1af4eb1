extension ExampleSet {
  /// Why bytes are no example set.
  public struct FormatError: Error, Sendable, CustomStringConvertible {
    public let offset: Int
    public let reason: String

    public var description: String { "examples, byte \(offset): \(reason)" }
  }

  private static let magic = Array("minimo-examples-2\n".utf8)

  /// The set as bytes: the same set gives the same bytes.
  public var bytes: [UInt8] {
    var writer = Writer(bytes: ExampleSet.magic)
    writer.append(conjectures.count)
    for example in conjectures {
      writer.append(Difficulty.allCases.firstIndex(of: example.difficulty)!)
      writer.append(example.tokens)
    }
    writer.append(proofs.count)
    for example in proofs {
      writer.append(example.state)
      writer.append(example.options.count)
      for option in example.options { writer.append(option) }
      writer.append((example.chosen ?? -1) + 1)
      writer.append(UInt32(example.value.bitPattern))
    }
    writer.append(theorems.count)
    for tokens in theorems { writer.append(tokens) }
    writer.append(attempts.count)
    for attempt in attempts { writer.append(attempt.limit << 1 | (attempt.isProved ? 1 : 0)) }
    return writer.bytes
  }

  /// Reads what `bytes` wrote.
  ///
  /// - Throws: `FormatError` for anything else, whatever the bytes.
  public init(bytes: [UInt8]) throws(FormatError) {
    var reader = Reader(bytes: bytes)
    try reader.expect(ExampleSet.magic)
    for _ in 0..<(try reader.count()) {
      let index = try reader.word()
      guard index < Difficulty.allCases.count else { throw reader.error("unknown difficulty") }
      conjectures.append(
        ConjectureExample(
          difficulty: Difficulty.allCases[Int(index)], tokens: try reader.tokens()))
    }
    for _ in 0..<(try reader.count()) {
      let state = try reader.tokens()
      var options: [[Int32]] = []
      for _ in 0..<(try reader.count()) { options.append(try reader.tokens()) }
      let chosen = Int(try reader.word()) - 1
      guard chosen < options.count else { throw reader.error("an option that is not there") }
      let value = Float(bitPattern: try reader.word())
      guard (0...1).contains(value) else { throw reader.error("a value outside 0...1") }
      proofs.append(
        ProofExample(
          state: state, options: options, chosen: chosen < 0 ? nil : chosen, value: value))
    }
    for _ in 0..<(try reader.count()) { theorems.append(try reader.tokens()) }
    for _ in 0..<(try reader.count()) {
      let word = try reader.word()
      attempts.append(Attempt(limit: Int(word >> 1), isProved: word & 1 == 1))
    }
    guard reader.isAtEnd else { throw reader.error("bytes after the end") }
  }

  private struct Writer {
    var bytes: [UInt8]

    mutating func append(_ word: UInt32) {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ count: Int) { append(UInt32(count)) }

    mutating func append(_ tokens: [Int32]) {
      append(tokens.count)
      for token in tokens { append(UInt32(bitPattern: token)) }
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    func error(_ reason: String) -> FormatError { FormatError(offset: offset, reason: reason) }

    mutating func expect(_ expected: [UInt8]) throws(FormatError) {
      guard bytes.starts(with: expected) else { throw error("not an example file of this version") }
      offset = expected.count
    }

    mutating func word() throws(FormatError) -> UInt32 {
      guard bytes.count - offset >= 4 else { throw error("the file ends early") }
      var word: UInt32 = 0
      for index in 0..<4 { word |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
      offset += 4
      return word
    }

    /// A count of items of at least four bytes each, so that it bounds what is to be read.
    mutating func count() throws(FormatError) -> Int {
      let count = Int(try word())
      guard count <= (bytes.count - offset) / 4 else { throw error("a count beyond the end") }
      return count
    }

    mutating func tokens() throws(FormatError) -> [Int32] {
      let count = try count()
      var tokens: [Int32] = []
      tokens.reserveCapacity(count)
      for _ in 0..<count { tokens.append(Int32(bitPattern: try word())) }
      return tokens
    }
  }
}
