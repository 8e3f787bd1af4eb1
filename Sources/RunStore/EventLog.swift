import GRDB
import Glibc

extension Run {
  func repairEvents(_ db: Database) throws {
    try EventLog(path: layout.events).replace(try eventLines(db))
  }

  /// The lines that the event log should have.
  func eventLines(_ db: Database) throws -> [String] {
    try IterationRow.fetch(db).map { try event(for: $0.iteration, db) }
  }

  /// The line of the event log for a committed iteration.
  func event(for iteration: Int, _ db: Database) throws -> String {
    func object(_ pairs: [(String, JSONValue)]) -> JSONValue {
      .object(Dictionary(pairs) { _, last in last })
    }
    let outcomes = try OutcomeRow.fetch(db, iteration: iteration)
    let chain = try IterationRow.fetch(db, iteration: iteration).first?.chain ?? ""
    let outcomeCounts = OutcomeKind.allCases.map { kind in
      (kind.rawValue, JSONValue.integer(Int64(outcomes.count { $0.kind == kind })))
    }
    let hindsight = try HindsightRow.fetch(db, iteration: iteration).count
    return object([
      ("iteration", .integer(Int64(iteration))), ("chain", .string(chain)),
      ("outcomes", object(outcomeCounts)), ("hindsight", .integer(Int64(hindsight))),
      (
        "examples",
        object(
          try ExampleCountRow.fetch(db, iteration: iteration).map {
            ($0.kind, .integer(Int64($0.count)))
          })
      ),
      (
        "metrics",
        object(try MetricRow.fetch(db, iteration: iteration).map { ($0.name, .number($0.value)) })
      ),
      (
        "seconds",
        object(try TimingRow.fetch(db, iteration: iteration).map { ($0.name, .number($0.seconds)) })
      ),
    ]).text()
  }
}

/// `events.ndjson`: one line of JSON per committed iteration, for people and tools that follow a
/// run. It repeats what the database holds, and is rewritten whenever the two differ.
///
/// A line is not synced: it is written after the transaction that it tells of, so after the power
/// is lost it may be missing or torn, and the next writer restores it from the database.
struct EventLog {
  let path: String
  private static let sizeLimit = 256 << 20

  func append(_ line: String) throws(StoreError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)
    let size = try file.status().st_size
    do {
      try file.write(Array((line + "\n").utf8))
    } catch {
      ftruncate(file.number, size)
      throw error
    }
  }

  func replace(_ lines: [String]) throws(StoreError) {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    if try fileKind(path) == nil && bytes.isEmpty { return }
    if try fileKind(path) == S_IFREG, try readFile(path, limit: Self.sizeLimit) == bytes { return }
    try replaceFile(path, bytes)
  }

  /// What is in the file; nothing if there is none.
  func bytes() throws(StoreError) -> [UInt8] {
    try fileKind(path) == S_IFREG ? try readFile(path, limit: Self.sizeLimit) : []
  }

  /// The last iteration that a complete line tells of; nil if there is none.
  func lastIteration() throws(StoreError) -> Int? { Self.lastIteration(in: try bytes()) }

  static func lastIteration(in bytes: [UInt8]) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    for line in lines.reversed() {
      if case .object(let members)? = try? JSONValue(parsing: Array(line)),
        case .integer(let iteration)? = members["iteration"]
      {
        return Int(iteration)
      }
    }
    return nil
  }

  /// What is wrong if the bytes of a log are not `lines`; nil too where the last ones are missing
  /// or torn, as they may be after the power was lost. Blocks never written read as zeros.
  static func difference(of bytes: [UInt8], from lines: [String]) -> String? {
    var rest = bytes[...]
    for (index, line) in lines.enumerated() {
      let expected = Array((line + "\n").utf8)
      if rest.starts(with: expected) {
        rest = rest.dropFirst(expected.count)
        continue
      }
      let torn = rest.prefix { $0 != 0 }
      if torn.count < expected.count, expected.starts(with: torn),
        rest.dropFirst(torn.count).allSatisfy({ $0 == 0 })
      {
        return nil
      }
      return "line \(index + 1) is not what run.sqlite has for iteration \(index)"
    }
    return rest.allSatisfy { $0 == 0 } ? nil : "it goes on after the last iteration of run.sqlite"
  }
}
