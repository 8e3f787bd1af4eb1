import Hashing

/// A file of a checkpoint.
public struct CheckpointFile: Hashable, Sendable {
  /// At most 64 of the characters `a-z 0-9 . _ -`, not starting with a dot, not `manifest.json`.
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  static func isValid(name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64 && !name.hasPrefix(".") && name != Manifest.name
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}

/// Everything that one iteration leaves behind; committed as a whole or not at all.
///
/// Iteration 0 holds the checkpoint before any learning and usually no conjectures. The order of
/// the rows does not matter: they are sorted by their keys before they are hashed and stored.
public struct IterationRecord: Sendable {
  public var iteration: Int
  public var conjectures: [ConjectureRow] = []
  /// Exactly one for each conjecture.
  public var outcomes: [OutcomeRow] = []
  public var hindsight: [HindsightRow] = []
  public var proofs: [ProofRow] = []
  public var exampleCounts: [ExampleCountRow] = []
  public var metrics: [MetricRow] = []
  public var timings: [TimingRow] = []
  public var checkpoint: [CheckpointFile] = []

  public init(iteration: Int) {
    self.iteration = iteration
  }

  /// Adds the number of training examples of one kind.
  public mutating func addExamples(_ kind: String, count: Int) {
    exampleCounts.append(ExampleCountRow(iteration: iteration, kind: kind, count: count))
  }

  /// Adds a quantity that the seed determines.
  public mutating func addMetric(_ name: String, _ value: Double) {
    metrics.append(MetricRow(iteration: iteration, name: name, value: value))
  }

  /// Adds a measured time, which is kept out of the run hash.
  public mutating func addTiming(_ name: String, seconds: Double) {
    timings.append(TimingRow(iteration: iteration, name: name, seconds: seconds))
  }
}

/// The rows of a record in canonical order, hashed and chained to the iteration before.
struct SealedIteration {
  struct Row {
    let values: [Value]
    let hash: Digest
  }

  let row: IterationRow
  /// The rows of each table of `Schema.content`, then the timings.
  let tables: [(table: Table, rows: [Row])]
  let manifest: Manifest

  init(_ record: IterationRecord, previousChain: String) throws(StoreError) {
    let files = record.checkpoint.map {
      CheckpointRow(
        iteration: record.iteration, name: $0.name, bytes: $0.bytes.count,
        sha256: SHA256.hash($0.bytes).hex)
    }.sorted { $0.name.precedes($1.name) }
    let rows: [[any StoredRow]] = [
      record.conjectures.sorted { $0.job < $1.job },
      record.outcomes.sorted { $0.job < $1.job },
      record.hindsight.sorted { $0.id < $1.id },
      record.proofs.sorted { $0.subject < $1.subject },
      record.exampleCounts.sorted { $0.kind.precedes($1.kind) },
      record.metrics.sorted { $0.name.precedes($1.name) },
      files,
      record.timings.sorted { $0.name.precedes($1.name) },
    ]
    try record.checkConsistency(rows)
    tables = zip((Schema.content + [TimingRow.self]).map { $0.table }, rows).map { table, rows in
      (
        table,
        rows.map {
          let values = $0.values
          return Row(values: values, hash: table.hash(values))
        }
      )
    }
    var chain = Chain(previous: previousChain)
    for (table, rows) in tables.prefix(Schema.content.count) {
      chain.absorb(table, rows.map(\.hash))
    }
    row = IterationRow(
      iteration: record.iteration, previousChain: previousChain, chain: chain.finalize())
    manifest = Manifest(
      iteration: row,
      rowCounts: tables.prefix(Schema.content.count).map { ($0.table.name, $0.rows.count) },
      files: files)
  }
}

/// The hash of an iteration: the hash of the one before, then the hashes of all its rows.
struct Chain {
  /// What stands before iteration 0.
  static let start = String(repeating: "0", count: 64)

  private var hasher = SHA256()

  init(previous: String) {
    hasher.absorb(previous)
  }

  mutating func absorb(_ table: Table, _ hashes: [Digest]) {
    hasher.absorb(table.name)
    hasher.absorb(UInt64(hashes.count))
    for hash in hashes { hasher.update(hash.bytes) }
  }

  consuming func finalize() -> String { hasher.finalize().hex }
}

/// `manifest.json` of a checkpoint: a function of the rows, so that the two can be compared.
struct Manifest {
  static let name = "manifest.json"

  let text: String

  init(iteration: IterationRow, rowCounts: [(String, Int)], files: [CheckpointRow]) {
    let counts = rowCounts.map { ($0.0, JSONValue.integer(Int64($0.1))) }
    let value: JSONValue = [
      "format": .integer(Int64(Schema.version)), "iteration": .integer(Int64(iteration.iteration)),
      "previousChain": .string(iteration.previousChain), "chain": .string(iteration.chain),
      "rows": .object(Dictionary(uniqueKeysWithValues: counts)),
      "files": .array(
        files.map {
          [
            "name": .string($0.name), "bytes": .integer(Int64($0.bytes)),
            "sha256": .string($0.sha256),
          ]
        }),
    ]
    text = value.text(indented: true) + "\n"
  }
}

extension IterationRecord {
  /// Longest text of a column, in UTF-8 bytes.
  static let textLimit = 64 << 20

  fileprivate func checkConsistency(_ rows: [[any StoredRow]]) throws(StoreError) {
    func refuse(_ place: String, _ reason: String) -> StoreError {
      .invalidRecord(place: place, reason: reason)
    }
    guard iteration >= 0 else { throw refuse("iteration \(iteration)", "it is negative") }
    for rows in rows {
      var last: [Value]?
      for row in rows {
        let table = type(of: row).table
        let values = row.values
        let place = table.place(of: values)
        guard row.iteration == iteration else {
          throw refuse(place, "it belongs to another iteration than \(iteration)")
        }
        let key = table.keyValues(values)
        guard key != last else { throw refuse(place, "it occurs twice") }
        last = key
        for case .text(let text) in values {
          guard !text.utf8.contains(0) else { throw refuse(place, "a text contains a null byte") }
          guard text.utf8.count <= Self.textLimit else {
            throw refuse(place, "a text has over \(Self.textLimit) bytes")
          }
        }
        if values.contains(where: { if case .integer(let value) = $0 { value < 0 } else { false } })
        {
          throw refuse(place, "a number or count is negative")
        }
      }
    }
    for file in checkpoint where !CheckpointFile.isValid(name: file.name) {
      throw refuse("checkpoint file \(file.name)", "the name is not one of [a-z0-9._-]")
    }
    let jobs = Set(conjectures.map(\.job))
    for outcome in outcomes where !jobs.contains(outcome.job) {
      throw refuse("outcome \(outcome.job)", "there is no such conjecture")
    }
    let ended = Set(outcomes.map(\.job))
    for conjecture in conjectures where !ended.contains(conjecture.job) {
      throw refuse("conjecture \(conjecture.job)", "it has no outcome")
    }
    for theorem in hindsight where !jobs.contains(theorem.id.job) {
      throw refuse("hindsight \(theorem.id)", "there is no such conjecture")
    }
    let theorems = Set(hindsight.map(\.id))
    for proof in proofs {
      switch proof.subject {
      case .conjecture(let job) where !jobs.contains(job):
        throw refuse("proof of \(job)", "there is no such conjecture")
      case .hindsight(let id) where !theorems.contains(id):
        throw refuse("proof of \(id)", "there is no such hindsight theorem")
      default: break
      }
    }
  }
}

extension ProofRow.Subject: Comparable {
  /// The proof of a conjecture comes before those of its hindsight.
  public static func < (a: Self, b: Self) -> Bool {
    (a.job, a.number) < (b.job, b.number)
  }

  private var number: Int {
    switch self {
    case .conjecture: -1
    case .hindsight(let id): id.number
    }
  }
}

extension String {
  /// The order of SQLite: by bytes, not by Unicode equivalence.
  fileprivate func precedes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension Table {
  fileprivate func keyValues(_ values: [Value]) -> [Value] {
    zip(columns, values).filter { key.contains($0.0.name) }.map(\.1)
  }
}
