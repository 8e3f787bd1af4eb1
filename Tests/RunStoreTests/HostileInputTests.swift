import GRDB
import Glibc
import Hashing
import Testing

@testable import RunStore

/// A name for the case of an error, without what it carries.
private func kind(_ error: StoreError?) -> String {
  guard let error else { return "no error" }
  return Mirror(reflecting: error).children.first?.label ?? "\(error)"
}

private func execute(_ sql: String, on path: String) throws {
  let queue = try DatabaseQueue(path: path)
  try queue.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON")
    try db.execute(sql: sql)
  }
  try queue.close()
}

private func edit(_ path: String, _ change: (String) -> String) throws {
  let text = String(decoding: try readFile(path, limit: 1 << 20), as: UTF8.self)
  let changed = change(text)
  #expect(changed != text)
  try overwrite(path, Array(changed.utf8))
}

@Suite struct HostileInputTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let error: String
    /// What the description must name.
    let place: String
    let act: @Sendable (_ run: String) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ error: String, at place: String,
      _ act: @escaping @Sendable (_ run: String) throws -> Void
    ) {
      self.name = name
      self.error = error
      self.place = place
      self.act = act
    }

    static func description(
      _ name: String, _ error: String, _ text: String
    ) -> Attack {
      Attack(name, error, at: "/run.json") { try overwrite($0 + "/run.json", Array(text.utf8)) }
    }

    static func sql(_ name: String, _ error: String, at place: String, _ sql: String) -> Attack {
      Attack(name, error, at: place) { try execute(sql, on: $0 + "/run.sqlite") }
    }
  }

  static let attacks: [Attack] = [
    Attack("no folder", "notARun", at: "/run") { try removeTree($0) },
    Attack("a file", "notARun", at: "/run") {
      try removeTree($0)
      try writeFile($0, [])
    },
    Attack("no description", "notARun", at: "/run") { try removeTree($0 + "/run.json") },
    Attack("description is a folder", "damaged", at: "/run.json") {
      try removeTree($0 + "/run.json")
      try makeFolder($0 + "/run.json")
    },
    Attack("description is a link", "damaged", at: "/run.json") {
      try RunStore.rename($0 + "/run.json", to: $0 + "/other")
      symlink("other", $0 + "/run.json")
    },
    Attack("description is a pipe", "damaged", at: "/run.json") {
      try removeTree($0 + "/run.json")
      mkfifo($0 + "/run.json", 0o644)
    },
    .description("empty description", "malformed", ""),
    .description("binary description", "malformed", "\u{0}\u{1}\u{fffd}"),
    .description("list for a description", "malformed", "[1]"),
    .description("deep description", "malformed", String(repeating: "[", count: 100_000)),
    .description("no format", "malformed", "{}"),
    .description("negative format", "malformed", #"{"format": -1}"#),
    .description("huge format", "malformed", #"{"format": 1e400}"#),
    .description("newer format", "newerFormat", #"{"format": 2}"#),
    .description("huge description", "tooLarge", String(repeating: " ", count: 2 << 20)),
    .description(
      "seed with a sign", "malformed",
      #"{"format":1,"programVersion":"","domain":"","theoryHash":"","seed":"-1"}"#),
    .description(
      "seed as a number", "malformed",
      #"{"format":1,"programVersion":"","domain":"","theoryHash":"","seed":1}"#),
    .description(
      "no configuration", "malformed",
      #"{"format":1,"programVersion":"","domain":"","theoryHash":"","seed":"1"}"#),
    Attack("edited description", "damaged", at: "/run.json") {
      try edit($0 + "/run.json") { $0.replacing("groups", with: "nat") }
    },
    Attack("no theory", "notARun", at: "theory.p") { try removeTree($0 + "/theory.p") },
    Attack("edited theory", "damaged", at: "/theory.p") { try edit($0 + "/theory.p") { $0 + " " } },
    Attack("no database", "corruptDatabase", at: "/run.sqlite") {
      try removeTree($0 + "/run.sqlite")
    },
    Attack("empty database", "corruptDatabase", at: "/run.sqlite") {
      try overwrite($0 + "/run.sqlite", [])
    },
    Attack("text for a database", "corruptDatabase", at: "/run.sqlite") {
      try overwrite($0 + "/run.sqlite", Array(String(repeating: "text ", count: 2000).utf8))
    },
    Attack("only the header of a database", "corruptDatabase", at: "/run.sqlite") {
      let bytes = try readFile($0 + "/run.sqlite", limit: 1 << 30)
      try overwrite($0 + "/run.sqlite", Array(bytes[..<100]))
    },
    Attack("half a database", "corruptDatabase", at: "/run.sqlite") {
      let bytes = try readFile($0 + "/run.sqlite", limit: 1 << 30)
      try overwrite($0 + "/run.sqlite", Array(bytes[..<(bytes.count / 2)]))
    },
    Attack("database of another program", "foreignDatabase", at: "/run.sqlite") {
      try removeTree($0 + "/run.sqlite")
      try execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)", on: $0 + "/run.sqlite")
    },
    .sql("application id", "foreignDatabase", at: "/run.sqlite", "PRAGMA application_id = 7"),
    .sql("newer schema", "newerFormat", at: "/run.sqlite", "PRAGMA user_version = 3"),
    .sql("older schema", "olderFormat", at: "programVersion", "PRAGMA user_version = 1"),
    .sql("no version", "schemaChanged", at: "/run.sqlite", "PRAGMA user_version = 0"),
    .sql("another table", "schemaChanged", at: "/run.sqlite", "CREATE TABLE extra (x)"),
    .sql("another index", "schemaChanged", at: "i", "CREATE INDEX i ON metric (value)"),
    .sql("a view", "schemaChanged", at: "v", "CREATE VIEW v AS SELECT 1"),
    .sql(
      "a trigger", "schemaChanged", at: "t",
      "CREATE TRIGGER t AFTER INSERT ON metric BEGIN DELETE FROM metric; END"),
    .sql("a missing table", "schemaChanged", at: "timing", "DROP TABLE timing"),
    .sql("another column", "schemaChanged", at: "metric", "ALTER TABLE metric ADD COLUMN x TEXT"),
    .sql(
      "a constraint dropped in the schema", "schemaChanged", at: "outcome",
      "UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (expansions >= 0)', '') "
        + "WHERE name = 'outcome'"),
    .sql(
      "nonsense in the schema", "corruptDatabase", at: "/run.sqlite",
      "UPDATE sqlite_schema SET sql = 'CREATE TABLE outcome (((' WHERE name = 'outcome'"),
    .sql("no identity", "damaged", at: "/run.json", "DELETE FROM identity"),
    .sql(
      "edited statement", "damaged", at: "conjecture 2, 5",
      "UPDATE conjecture SET statement = 'false' WHERE iteration = 2 AND slot = 5"),
    .sql(
      "edited kind", "damaged", at: "outcome 1, 3",
      "UPDATE outcome SET kind = 'proved' WHERE iteration = 1 AND slot = 3"),
    .sql(
      "null for a number", "damaged", at: "metric 2, loss",
      "UPDATE metric SET value = NULL WHERE iteration = 2 AND name = 'loss'"),
    .sql(
      "edited time", "damaged", at: "timing 1, prove",
      "UPDATE timing SET seconds = 0 WHERE iteration = 1"),
    .sql(
      "row removed", "damaged", at: "iteration 1",
      "DELETE FROM proof WHERE iteration = 1 AND slot = 0"),
    .sql(
      "outcome removed", "damaged", at: "iteration 2",
      "DELETE FROM outcome WHERE iteration = 2 AND slot = 11"),
    .sql(
      "iteration removed", "lostCommits", at: "/run.sqlite",
      "DELETE FROM iteration WHERE iteration = 2"),
    .sql(
      "iteration removed from the middle", "damaged", at: "iteration 1",
      "DELETE FROM iteration WHERE iteration = 1"),
    .sql(
      "hash replaced", "damaged", at: "metric 1, tiny",
      "UPDATE metric SET sha256 = '0' WHERE iteration = 1 AND name = 'tiny'"),
    Attack("checkpoints lost", "damaged", at: "/checkpoints") {
      try removeTree($0 + "/checkpoints")
    },
    Attack("checkpoint lost", "damaged", at: "/checkpoints/000001") {
      try removeTree($0 + "/checkpoints/000001")
    },
    Attack("checkpoint is a link", "damaged", at: "/checkpoints/000001") {
      try RunStore.rename($0 + "/checkpoints/000001", to: $0 + "/elsewhere")
      symlink("../elsewhere", $0 + "/checkpoints/000001")
    },
    Attack("weights are a link", "damaged", at: "000002/model.safetensors") {
      let file = $0 + "/checkpoints/000002/model.safetensors"
      try RunStore.rename(file, to: $0 + "/elsewhere")
      symlink("../../elsewhere", file)
    },
    Attack("weights lost", "damaged", at: "000002/model.safetensors") {
      try removeTree($0 + "/checkpoints/000002/model.safetensors")
    },
    Attack("weights changed", "damaged", at: "000000/model.safetensors") {
      let file = $0 + "/checkpoints/000000/model.safetensors"
      var bytes = try readFile(file, limit: 1 << 20)
      bytes[777] ^= 16
      try overwrite(file, bytes)
    },
    Attack("weights longer", "damaged", at: "000000/model.safetensors") {
      let file = $0 + "/checkpoints/000000/model.safetensors"
      try overwrite(file, try readFile(file, limit: 1 << 20) + [0])
    },
    Attack("manifest with another hash", "damaged", at: "000001/manifest.json") {
      try edit($0 + "/checkpoints/000001/manifest.json") {
        $0.replacing(#"sha256": ""#, with: #"sha256": "0"#)
      }
    },
    Attack("manifest lost", "damaged", at: "000001/manifest.json") {
      try removeTree($0 + "/checkpoints/000001/manifest.json")
    },
  ]

  @Test(arguments: attacks)
  func isNamedWithPlace(_ attack: Attack) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    try attack.act(scratch.run)
    let error = fault(at: scratch.run)
    let description = error?.description ?? "no error"
    #expect(kind(error) == attack.error, "\(attack.name): \(description)")
    #expect(description.contains(attack.place), "\(attack.name): \(description)")
  }

  /// A forger who knows the format can recompute hashes; a file name must still stay in its folder.
  @Test func forgedNamesDoNotLeaveTheFolder() throws {
    let scratch = Scratch()
    let run = try Run.create(at: scratch.run, description: sampleDescription, theory: "")
    try writeFile(scratch.path + "/secret", Array("secret".utf8))
    var record = IterationRecord(iteration: 0)
    record.checkpoint = [CheckpointFile(name: "model", bytes: Array("secret".utf8))]
    try run.commit(record)
    let row = CheckpointRow(
      iteration: 0, name: "../../../secret", bytes: 6, sha256: SHA256.hash("secret").hex)
    let iteration = try run.iterations()[0]
    let forged = Manifest(
      iteration: iteration,
      rowCounts: Schema.content.map { ($0.table.name, $0.table.name == "checkpoint" ? 1 : 0) },
      files: [row])
    try overwrite(scratch.run + "/checkpoints/000000/manifest.json", Array(forged.text.utf8))
    let hash = CheckpointRow.table.hash(row.values).hex
    try execute(
      "UPDATE checkpoint SET name = '\(row.name)', sha256 = '\(hash)'",
      on: scratch.run + "/run.sqlite")
    #expect {
      try run.readCheckpoint(0)
    } throws: {
      kind($0 as? StoreError) == "damaged" && "\($0)".contains("name ../../../secret")
    }
  }

  @Test func checkpointsAreCapped() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 1)
    let run = try Run.open(at: scratch.run, mode: .read)
    #expect {
      try run.readCheckpoint(1, limit: 20_009)
    } throws: {
      kind($0 as? StoreError) == "tooLarge"
    }
    #expect(try run.readCheckpoint(1, limit: 20_010).count == 3)
  }

  @Test func existingThingsAreNotOverwritten() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 0)
    try makeFolder(scratch.path + "/empty")
    try writeFile(scratch.path + "/file", [1])
    for name in ["run", "file", ""] {
      #expect {
        try Run.create(
          at: scratch.path + "/" + name, description: sampleDescription, theory: "")
      } throws: {
        kind($0 as? StoreError) == "alreadyExists"
      }
    }
    _ = try Run.create(at: scratch.path + "/empty", description: sampleDescription, theory: "")
    #expect {
      try Run.create(at: scratch.path + "/file/run", description: sampleDescription, theory: "")
    } throws: {
      kind($0 as? StoreError) == "io"
    }
    #expect(try names(in: scratch.path) == ["empty", "file", "run"])
  }
}
