import Hashing
import Kernel

/// What is wrong with a certificate, and on which line of its text.
public struct CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
  public let line: Int
  public let reason: String

  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  public var description: String { "line \(line): \(reason)" }
}

/// Sizes beyond which a certificate is not read.
public enum CertificateLimits {
  public static let bytes = 64 << 20
  public static let nodes = 4_000_000
  /// Height of a node; one that refers to no other has height 1.
  public static let height = 10_000
  public static let declarations = 10_000
  public static let digits = 4_096
  public static let nameBytes = 256
}

extension Certificate {
  /// Reads the text of a certificate. What it claims is another matter: see ``check(limits:)``.
  ///
  /// There is one text for each certificate: what is read has that very text again.
  ///
  /// - Throws: the first line that is not as the format demands.
  public init(_ text: String) throws(CertificateError) {
    try self.init(bytes: Array(text.utf8))
  }

  /// Reads the bytes of a certificate.
  public init(bytes: [UInt8]) throws(CertificateError) {
    var reader = CertificateReader(bytes)
    self = try reader.certificate()
  }

  /// Whether declarations may have this name.
  public static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...CertificateLimits.nameBytes).contains(bytes.count)
      && bytes.first != UInt8(ascii: "'") && bytes.allSatisfy(isNameByte)
      && !["prop", "type", "kind"].contains(text)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "'_-+/*=!$^><".utf8.contains(byte)
    }
  }
}

/// Reads one certificate, line by line.
private struct CertificateReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 0
  /// The parts of the current line between its spaces.
  private var fields: [Range<Int>] = []

  private var nodes: [Certificate.Node] = []
  private var heights: [UInt16] = []
  private var entries: [Certificate.Theory.Entry] = []
  /// Number of each declared name that is no primitive, in order of declaration.
  private var order: [String: Int] = [:]
  private var assumed: Set<String> = []
  private var numeralTypes: Set<String> = []

  private static let primitives: Set<String> = ["=", "refl", "subst"]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func certificate() throws(CertificateError) -> Certificate {
    guard bytes.count <= CertificateLimits.bytes else {
      throw error("it has \(bytes.count) bytes; the limit is \(CertificateLimits.bytes)")
    }
    try readLine("minimo-certificate", 2)
    let version = text(1)
    guard version == "\(Certificate.version)" else {
      throw error("format \(version) is not the one read here, \(Certificate.version)")
    }
    try readLine("theory-hash", 2)
    let hash = text(1)
    let start = offset
    try readLine("theory", 1)
    try readLine()
    while text(0) != "end-theory" {
      if isNumber(0) { try readNode() } else { try readDeclaration() }
      try readLine()
    }
    try expect("end-theory", 1)
    let theory = Certificate.Theory(nodes: nodes, declarations: entries)
    guard SHA256.hash(Array(bytes[start..<offset])).hex == hash else {
      throw CertificateError(line: 2, reason: "the theory that follows has another hash")
    }
    try readLine()
    while isNumber(0) {
      try readNode()
      try readLine()
    }
    let axioms = try axiomNames()
    try readLine("statement", 2)
    let statement = try node(1)
    try readLine("proof", 2)
    let proof = try node(1)
    try readLine("end", 1)
    guard offset == bytes.count else { throw error("something follows the end") }
    return Certificate(
      theory: theory, nodes: Array(nodes[theory.nodes.count...]), axioms: axioms,
      statement: statement, proof: proof)
  }

  // MARK: Lines

  private func error(_ reason: String) -> CertificateError {
    CertificateError(line: max(1, line), reason: reason)
  }

  private mutating func readLine() throws(CertificateError) {
    line += 1
    fields.removeAll(keepingCapacity: true)
    var start = offset
    while true {
      guard offset < bytes.count else {
        throw error(start == offset && fields.isEmpty ? "a line is missing" : "the line never ends")
      }
      let byte = bytes[offset]
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: " ") else {
        guard (0x21...0x7E).contains(byte) else { throw error("it holds the byte \(byte)") }
        offset += 1
        continue
      }
      guard start < offset else { throw error("it has a space too many, or is empty") }
      fields.append(start..<offset)
      offset += 1
      start = offset
      if byte == UInt8(ascii: "\n") { return }
    }
  }

  private mutating func readLine(_ keyword: String, _ count: Int) throws(CertificateError) {
    try readLine()
    try expect(keyword, count)
  }

  private func expect(_ keyword: String, _ count: Int) throws(CertificateError) {
    guard text(0) == keyword else {
      throw error("'\(text(0).prefix(40))' stands where '\(keyword)' is wanted")
    }
    try expect(count)
  }

  private func expect(_ count: Int) throws(CertificateError) {
    guard fields.count == count else {
      throw error("it has \(fields.count) parts instead of \(count)")
    }
  }

  private func text(_ field: Int) -> String {
    String(decoding: bytes[fields[field]], as: UTF8.self)
  }

  private func isNumber(_ field: Int) -> Bool { isDigit(bytes[fields[field].lowerBound]) }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A field of digits without leading zeros.
  private func digits(_ field: Int, limit: Int) throws(CertificateError) -> Range<Int> {
    let range = fields[field]
    guard range.count <= limit, bytes[range].allSatisfy(isDigit),
      range.count == 1 || bytes[range.lowerBound] != UInt8(ascii: "0")
    else { throw error("'\(text(field).prefix(40))' is no number, or too large") }
    return range
  }

  private func integer(_ field: Int) throws(CertificateError) -> Int {
    bytes[try digits(field, limit: 9)].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  // MARK: Nodes

  /// The number of an earlier node.
  private func node(_ field: Int) throws(CertificateError) -> Int {
    let number = try integer(field)
    guard number < nodes.count else { throw error("there is no node \(number) before this line") }
    return number
  }

  private mutating func readNode() throws(CertificateError) {
    guard nodes.count < CertificateLimits.nodes else {
      throw error("it has more than \(CertificateLimits.nodes) nodes")
    }
    guard try integer(0) == nodes.count else { throw error("node \(nodes.count) is missing") }
    guard fields.count > 1 else { throw error("the node is empty") }
    let node = try parsedNode()
    let height = 1 + (node.children.map { Int(heights[$0]) }.max() ?? 0)
    guard height <= CertificateLimits.height else {
      throw error("the node is higher than \(CertificateLimits.height)")
    }
    nodes.append(node)
    heights.append(UInt16(height))
  }

  private func parsedNode() throws(CertificateError) -> Certificate.Node {
    switch text(1) {
    case "sort":
      try expect(3)
      switch text(2) {
      case "prop": return .sort(.prop)
      case "type": return .sort(.type)
      case "kind": return .sort(.kind)
      default: throw error("'\(text(2).prefix(40))' is no sort")
      }
    case "bound":
      try expect(3)
      return .bound(try integer(2))
    case "constant":
      try expect(3)
      return .constant(try declared(2))
    case "numeral":
      try expect(4)
      let type = text(2)
      guard numeralTypes.contains(type) else {
        throw error("'\(type.prefix(40))' has no numerals before this line")
      }
      let digits = try digits(3, limit: CertificateLimits.digits)
      let decimal = String(decoding: bytes[digits], as: UTF8.self)
      guard let value = Natural(decimal: decimal, maxDigits: CertificateLimits.digits) else {
        throw error("the numeral is too large")
      }
      return .numeral(type: type, value: value)
    case "apply":
      try expect(4)
      return .apply(try node(2), try node(3))
    case "lambda":
      try expect(4)
      return .lambda(domain: try node(2), body: try node(3))
    case "forall":
      try expect(4)
      return .forall(domain: try node(2), body: try node(3))
    case "let":
      try expect(5)
      return .define(type: try node(2), value: try node(3), body: try node(4))
    default:
      throw error("'\(text(1).prefix(40))' is no kind of node")
    }
  }

  // MARK: Names

  /// The name of an earlier declaration or of a primitive.
  private func declared(_ field: Int) throws(CertificateError) -> String {
    let name = text(field)
    guard order[name] != nil || CertificateReader.primitives.contains(name) else {
      throw error("'\(name.prefix(40))' is not declared before this line")
    }
    return name
  }

  private mutating func readDeclaration() throws(CertificateError) {
    guard entries.count < CertificateLimits.declarations else {
      throw error("it has more than \(CertificateLimits.declarations) declarations")
    }
    entries.append(.init(try declaration(), nodeCount: nodes.count))
  }

  private mutating func declaration() throws(CertificateError) -> Certificate.Declaration {
    switch text(0) {
    case "assume":
      try expect(3)
      let type = try node(2)
      let name = try newName()
      assumed.insert(name)
      return .assume(name: name, type: type)
    case "define":
      try expect(4)
      let (type, value) = (try node(2), try node(3))
      return .define(name: try newName(), type: type, value: value)
    case "prove":
      try expect(4)
      let (statement, proof) = (try node(2), try node(3))
      return .prove(name: try newName(), statement: statement, proof: proof)
    case "literals":
      try expect(4)
      let (type, zero, successor) = (try declared(1), try declared(2), try declared(3))
      guard numeralTypes.insert(type).inserted else {
        throw error("'\(type.prefix(40))' has numerals already")
      }
      return .literals(type: type, zero: zero, successor: successor)
    case "computable":
      try expect(4)
      return .computable(
        operation: try declared(1), atZero: try declared(2), atSuccessor: try declared(3))
    default:
      throw error("'\(text(0).prefix(40))' is neither a node nor a declaration")
    }
  }

  private mutating func newName() throws(CertificateError) -> String {
    let name = text(1)
    guard Certificate.isName(name) else { throw error("'\(name.prefix(40))' is no name") }
    guard order[name] == nil, !CertificateReader.primitives.contains(name) else {
      throw error("'\(name.prefix(40))' is declared already")
    }
    order[name] = order.count
    return name
  }

  private func axiomNames() throws(CertificateError) -> [String] {
    guard text(0) == "axioms" else {
      throw error("'\(text(0).prefix(40))' is neither a node nor 'axioms'")
    }
    var last = -1
    var names: [String] = []
    for field in fields.indices.dropFirst() {
      let name = text(field)
      guard assumed.contains(name), let number = order[name] else {
        throw error("'\(name.prefix(40))' is not assumed by the theory")
      }
      guard number > last else {
        throw error("'\(name.prefix(40))' is not in the order of declaration")
      }
      last = number
      names.append(name)
    }
    return names
  }
}

extension Certificate.Node {
  /// The numbers of the nodes that this one is made of.
  public var children: [Int] {
    switch self {
    case .sort, .bound, .constant, .numeral: []
    case .apply(let function, let argument): [function, argument]
    case .lambda(let domain, let body), .forall(let domain, let body): [domain, body]
    case .define(let type, let value, let body): [type, value, body]
    }
  }
}
