import Hashing

/// One stored value. `-0.0` is stored as `0.0`, and not-a-number as null, because SQLite does so.
enum Value: Equatable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  static func integer(_ value: Int) -> Value { .integer(Int64(value)) }

  static func optional(_ value: Double?) -> Value {
    guard let value, !value.isNaN else { return .null }
    return .real(value == 0 ? 0 : value)
  }

  static func optional(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
}

/// A table of the store: what SQLite is told, and the order in which its rows are hashed.
struct Table: Sendable {
  let name: String
  /// Name and SQL type with its constraints, in the order of the row's values.
  let columns: [(name: String, type: String)]
  /// Canonical order of the rows within one iteration. The last column, if it may be null, sorts
  /// null first.
  let key: [String]
  var constraints: [String] = []

  /// Every table ends in the hash of the row, and refuses values of other types.
  var creation: String {
    let parts =
      columns.map { "\($0.name) \($0.type)" } + ["sha256 TEXT NOT NULL"] + constraints
    return "CREATE TABLE \(name) (\n  \(parts.joined(separator: ",\n  "))\n) STRICT"
  }

  var insertion: String {
    let names = columns.map(\.name) + ["sha256"]
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(name) (\(names.joined(separator: ", "))) VALUES (\(marks))"
  }

  /// Reads all rows that satisfy `condition`, in canonical order.
  func selection(where condition: String? = nil) -> String {
    let names = columns.map(\.name) + ["sha256"]
    return "SELECT \(names.joined(separator: ", ")) FROM \(name)"
      + (condition.map { " WHERE \($0)" } ?? "") + " ORDER BY \(key.joined(separator: ", "))"
  }

  /// The hash of a row: its table's name and its values, each with kind and length, so that no two
  /// rows share an encoding.
  func hash(_ values: [Value]) -> Digest {
    var hasher = SHA256()
    hasher.absorb(name)
    hasher.absorb(UInt64(values.count))
    for value in values {
      switch value {
      case .null: hasher.update([0])
      case .integer(let integer):
        hasher.update([1])
        hasher.absorb(UInt64(bitPattern: integer))
      case .real(let real):
        hasher.update([2])
        hasher.absorb(real.bitPattern)
      case .text(let text):
        hasher.update([3])
        hasher.absorb(text)
      }
    }
    return hasher.finalize()
  }

  /// Names a row in a message, as `outcome 3, 17`.
  func place(of values: [Value]) -> String {
    let parts = zip(columns, values).filter { key.contains($0.0.name) }.map { _, value in
      switch value {
      case .null: "-"
      case .integer(let integer): String(integer)
      case .real(let real): String(real)
      case .text(let text): text
      }
    }
    return "\(name) \(parts.joined(separator: ", "))"
  }
}

extension SHA256 {
  /// Absorbs an integer as eight little-endian bytes.
  mutating func absorb(_ integer: UInt64) {
    withUnsafeBytes(of: integer.littleEndian) { update($0) }
  }

  /// Absorbs the length of `text`, then `text`, so that neighbors cannot run together.
  mutating func absorb(_ text: String) {
    absorb(UInt64(text.utf8.count))
    update(text)
  }
}

/// A row of one table, as values in the order of its columns.
protocol StoredRow: Sendable {
  static var table: Table { get }
  var iteration: Int { get }
  var values: [Value] { get }
  init(reading reader: inout ValueReader) throws(StoreError)
}

/// Reads the values of one row in order; a value of another type means damage, never a crash.
struct ValueReader {
  let place: String
  private var remaining: ArraySlice<Value>

  init(_ values: [Value], place: String) {
    remaining = values[...]
    self.place = place
  }

  mutating func integer() throws(StoreError) -> Int {
    guard case .integer(let value)? = remaining.popFirst() else { throw mismatch("an integer") }
    return Int(value)
  }

  mutating func real() throws(StoreError) -> Double {
    guard case .real(let value)? = remaining.popFirst() else { throw mismatch("a number") }
    return value
  }

  mutating func text() throws(StoreError) -> String {
    guard case .text(let value)? = remaining.popFirst() else { throw mismatch("text") }
    return value
  }

  mutating func optionalInteger() throws(StoreError) -> Int? {
    try skipNull() ? nil : try integer()
  }
  mutating func optionalReal() throws(StoreError) -> Double? { try skipNull() ? nil : try real() }
  mutating func optionalText() throws(StoreError) -> String? { try skipNull() ? nil : try text() }

  private mutating func skipNull() throws(StoreError) -> Bool {
    guard remaining.first == .null else { return false }
    remaining.removeFirst()
    return true
  }

  private func mismatch(_ expected: String) -> StoreError {
    .damaged(place: place, reason: "a column does not hold \(expected)")
  }
}
