/// The tables of `run.sqlite`. The version changes with any of them, and only one is read.
enum Schema {
  static let version = 2
  /// "Mnmo", in the header of the database file.
  static let applicationID = 0x4d6e_6d6f

  /// More iterations than any run has, and few enough to count with.
  static let iterationLimit = 1 << 40

  /// The tables whose rows belong to an iteration and to the run hash, in canonical order.
  static let content: [any StoredRow.Type] = [
    ConjectureRow.self, OutcomeRow.self, HindsightRow.self, ProofRow.self, ExampleCountRow.self,
    MetricRow.self, CheckpointRow.self,
  ]

  /// All tables with rows of an iteration.
  static let all: [any StoredRow.Type] = [IterationRow.self] + content + [TimingRow.self]

  /// One row: the hashes of the two text files beside the database.
  static let identity = Table(
    name: "identity",
    columns: [
      ("id", "INTEGER NOT NULL PRIMARY KEY CHECK (id = 1)"),
      ("description_sha256", "TEXT NOT NULL"), ("theory_sha256", "TEXT NOT NULL"),
    ], key: ["id"])

  static let creation = ([identity] + all.map { $0.table }).map(\.creation)
}

private let iterationColumn = (
  name: "iteration", type: "INTEGER NOT NULL REFERENCES iteration (iteration)"
)
private let jobColumns = [iterationColumn, (name: "slot", type: "INTEGER NOT NULL")]
private let conjectureReference = "FOREIGN KEY (iteration, slot) REFERENCES conjecture"

extension IterationRow: StoredRow {
  static let table = Table(
    name: "iteration",
    columns: [
      ("iteration", "INTEGER NOT NULL PRIMARY KEY CHECK (iteration >= 0)"),
      ("previous_chain", "TEXT NOT NULL"), ("chain", "TEXT NOT NULL"),
    ], key: ["iteration"])

  var values: [Value] { [.integer(iteration), .text(previousChain), .text(chain)] }

  init(reading reader: inout ValueReader) throws(StoreError) {
    iteration = try reader.integer()
    guard iteration < Schema.iterationLimit else {
      throw .damaged(place: reader.place, reason: "no run has so many iterations")
    }
    previousChain = try reader.text()
    chain = try reader.text()
  }
}

extension ConjectureRow: StoredRow {
  static let table = Table(
    name: "conjecture",
    columns: jobColumns + [
      ("statement", "TEXT NOT NULL"), ("statement_hash", "TEXT NOT NULL"),
      ("log_probability", "REAL"), ("source", "TEXT NOT NULL"),
    ], key: ["iteration", "slot"], constraints: ["PRIMARY KEY (iteration, slot)"])

  var iteration: Int { job.iteration }

  var values: [Value] {
    [
      .integer(job.iteration), .integer(job.slot), .text(statement), .text(statementHash),
      .optional(logProbability), .text(source),
    ]
  }

  init(reading reader: inout ValueReader) throws(StoreError) {
    job = try JobID(reading: &reader)
    statement = try reader.text()
    statementHash = try reader.text()
    logProbability = try reader.optionalReal()
    source = try reader.text()
  }
}

extension OutcomeRow: StoredRow {
  static let table = Table(
    name: "outcome",
    columns: jobColumns + [
      ("kind", "TEXT NOT NULL"), ("expansions", "INTEGER NOT NULL CHECK (expansions >= 0)"),
      ("log_probability", "REAL"), ("difficulty", "TEXT"), ("message", "TEXT"),
    ], key: ["iteration", "slot"],
    constraints: ["PRIMARY KEY (iteration, slot)", conjectureReference])

  var iteration: Int { job.iteration }

  var values: [Value] {
    [
      .integer(job.iteration), .integer(job.slot), .text(kind.rawValue), .integer(expansions),
      .optional(logProbability), .optional(difficulty), .optional(message),
    ]
  }

  init(reading reader: inout ValueReader) throws(StoreError) {
    job = try JobID(reading: &reader)
    let name = try reader.text()
    guard let kind = OutcomeKind(rawValue: name) else {
      throw .damaged(place: reader.place, reason: "unknown kind of outcome \(name)")
    }
    self.kind = kind
    expansions = try reader.integer()
    logProbability = try reader.optionalReal()
    difficulty = try reader.optionalText()
    message = try reader.optionalText()
  }
}

extension HindsightRow: StoredRow {
  static let table = Table(
    name: "hindsight",
    columns: jobColumns + [
      ("number", "INTEGER NOT NULL"), ("statement", "TEXT NOT NULL"),
      ("statement_hash", "TEXT NOT NULL"), ("log_probability", "REAL"), ("difficulty", "TEXT"),
    ], key: ["iteration", "slot", "number"],
    constraints: ["PRIMARY KEY (iteration, slot, number)", conjectureReference])

  var iteration: Int { id.job.iteration }

  var values: [Value] {
    [
      .integer(id.job.iteration), .integer(id.job.slot), .integer(id.number), .text(statement),
      .text(statementHash), .optional(logProbability), .optional(difficulty),
    ]
  }

  init(reading reader: inout ValueReader) throws(StoreError) {
    let job = try JobID(reading: &reader)
    id = HindsightID(job: job, number: try reader.integer())
    statement = try reader.text()
    statementHash = try reader.text()
    logProbability = try reader.optionalReal()
    difficulty = try reader.optionalText()
  }
}

extension ProofRow: StoredRow {
  // The number is null for the proof of the conjecture itself. SQLite does not follow a reference
  // with a null in it, so one reference serves both kinds of subject.
  static let table = Table(
    name: "proof",
    columns: jobColumns + [
      ("number", "INTEGER"), ("statement", "TEXT NOT NULL"), ("script", "TEXT NOT NULL"),
      ("certificate", "TEXT NOT NULL"),
    ], key: ["iteration", "slot", "number"],
    constraints: [
      "PRIMARY KEY (sha256)", "UNIQUE (iteration, slot, number)", conjectureReference,
      "FOREIGN KEY (iteration, slot, number) REFERENCES hindsight",
    ])

  var iteration: Int { subject.job.iteration }

  var values: [Value] {
    let number: Value =
      switch subject {
      case .conjecture: .null
      case .hindsight(let id): .integer(id.number)
      }
    return [
      .integer(subject.job.iteration), .integer(subject.job.slot), number, .text(statement),
      .text(script), .text(certificate),
    ]
  }

  init(reading reader: inout ValueReader) throws(StoreError) {
    let job = try JobID(reading: &reader)
    subject =
      if let number = try reader.optionalInteger() {
        .hindsight(HindsightID(job: job, number: number))
      } else {
        .conjecture(job)
      }
    statement = try reader.text()
    script = try reader.text()
    certificate = try reader.text()
  }
}

extension ExampleCountRow: StoredRow {
  static let table = Table(
    name: "example_count",
    columns: [
      iterationColumn, ("kind", "TEXT NOT NULL"),
      ("count", "INTEGER NOT NULL CHECK (count >= 0)"),
    ], key: ["iteration", "kind"], constraints: ["PRIMARY KEY (iteration, kind)"])

  var values: [Value] { [.integer(iteration), .text(kind), .integer(count)] }

  init(reading reader: inout ValueReader) throws(StoreError) {
    iteration = try reader.integer()
    kind = try reader.text()
    count = try reader.integer()
  }
}

extension MetricRow: StoredRow {
  static let table = Table(
    name: "metric", columns: [iterationColumn, ("name", "TEXT NOT NULL"), ("value", "REAL")],
    key: ["iteration", "name"], constraints: ["PRIMARY KEY (iteration, name)"])

  var values: [Value] { [.integer(iteration), .text(name), .optional(value)] }

  init(reading reader: inout ValueReader) throws(StoreError) {
    iteration = try reader.integer()
    name = try reader.text()
    value = try reader.optionalReal() ?? .nan
  }
}

extension TimingRow: StoredRow {
  static let table = Table(
    name: "timing", columns: [iterationColumn, ("name", "TEXT NOT NULL"), ("seconds", "REAL")],
    key: ["iteration", "name"], constraints: ["PRIMARY KEY (iteration, name)"])

  var values: [Value] { [.integer(iteration), .text(name), .optional(seconds)] }

  init(reading reader: inout ValueReader) throws(StoreError) {
    iteration = try reader.integer()
    name = try reader.text()
    seconds = try reader.optionalReal() ?? .nan
  }
}

extension CheckpointRow: StoredRow {
  static let table = Table(
    name: "checkpoint",
    columns: [
      iterationColumn, ("name", "TEXT NOT NULL"),
      ("bytes", "INTEGER NOT NULL CHECK (bytes >= 0)"), ("content_sha256", "TEXT NOT NULL"),
    ], key: ["iteration", "name"], constraints: ["PRIMARY KEY (iteration, name)"])

  var values: [Value] { [.integer(iteration), .text(name), .integer(bytes), .text(sha256)] }

  init(reading reader: inout ValueReader) throws(StoreError) {
    iteration = try reader.integer()
    name = try reader.text()
    bytes = try reader.integer()
    sha256 = try reader.text()
  }
}

extension JobID {
  fileprivate init(reading reader: inout ValueReader) throws(StoreError) {
    let iteration = try reader.integer()
    self.init(iteration: iteration, slot: try reader.integer())
  }
}
