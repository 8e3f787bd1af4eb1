import FuzzDriver
import GRDB
import Glibc
import Hashing
import Synchronization

@testable import RunStore

/// Whatever is in `run.sqlite` and its log, a run is opened, verified and read, or refused; one
/// that passes has the contents that were committed.
///
/// An input is a list of edits of a small run: the first byte chooses the run, then come edits of 4
/// bytes (file and place, how many bytes, what to do) with their bytes. An edit without bytes flips
/// a bit, so that hardly any input leaves the run as it was.
@main struct FuzzDatabase {
  static func main() {
    _ = samples  // Made before the clock of the first input starts.
    fuzz { start, count in
      FuzzDatabase.test([UInt8](start, count))
      return 0
    }
  }

  static func test(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let sample = samples[Int(first) % samples.count]
    do throws(StoreError) {
      try sample.write(sample.edited(by: input.dropFirst()))
      let run = try Run.open(at: sample.path, mode: .read)
      _ = try run.verify()
      let (hash, conjectures) = (try run.runHash(), try run.conjectures())
      require(hash == sample.hash, "another content was accepted")
      require(conjectures == sample.conjectures, "other conjectures were read")
      _ = try run.proofs()
      _ = try run.hindsight()
      _ = try run.metrics()
      _ = try run.timings()
      _ = try run.readCheckpoint(0)
    } catch {
      require(!error.description.isEmpty, "no description")
    }
  }

  static let samples: [Sample] = {
    do {
      return try [
        Sample(iterations: 1, isSealed: false, hasLog: false),
        Sample(iterations: 3, isSealed: true, hasLog: false),
        Sample(iterations: 2, isSealed: false, hasLog: true),
      ]
    } catch {
      fatalError("\(error)")
    }
  }()
}

/// A run in memory-backed files, to be edited and restored.
final class Sample: Sendable {
  let path: String
  /// `run.sqlite` and, if it has one, its log.
  let files: [[UInt8]]
  let hash: Digest
  let conjectures: [StoredConjecture]
  /// What the files hold now.
  private let onDisk: Mutex<[[UInt8]]>

  /// Makes the run, in pages of 512 bytes so that each page matters.
  ///
  /// A sealed run has no log; one that is being written has one, which is empty or, if `hasLog`,
  /// alone has the last iteration.
  init(iterations: Int, isSealed: Bool, hasLog: Bool) throws {
    let path = "/dev/shm/minimo-fuzz-\(getpid())-\(iterations)"
    let database = path + "/run.sqlite"
    self.path = path
    try removeTree(path)
    let description = RunDescription(
      programVersion: "1", seed: 1, domain: "groups", theoryHash: "0")
    do {
      let run = try Run.create(at: path, description: description, theory: "G : type.")
      for iteration in 0..<iterations - (hasLog ? 1 : 0) { try run.commit(record(iteration)) }
    }
    let queue = try DatabaseQueue(path: database)
    try queue.writeWithoutTransaction { db in
      for pragma in ["journal_mode = DELETE", "page_size = 512"] {
        try db.execute(sql: "PRAGMA \(pragma)")
      }
      try db.execute(sql: "VACUUM")
      if !isSealed { try db.execute(sql: "PRAGMA journal_mode = WAL") }
    }
    try queue.close()
    var files = [try readFile(database, limit: 1 << 24)]
    if hasLog {
      // A reader in the way keeps the log from being folded into the database.
      let reader = try Run.open(at: path, mode: .read)
      files.append(
        try reader.database.read { db in
          _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM iteration")
          let writer = try Run.open(at: path, mode: .write)
          try writer.commit(record(iterations - 1))
          return try readFile(database + "-wal", limit: 1 << 24)
        })
    }
    self.files = files
    onDisk = Mutex(files.map { _ in [] })
    try Sample.restore(path, files)
    let whole = try Run.open(at: path, mode: .read)
    let verified = try whole.verify().iterations
    require(verified == iterations, "\(verified) iterations, not \(iterations)")
    hash = try whole.runHash()
    conjectures = try whole.conjectures()
    onDisk.withLock { $0 = files }
  }

  /// The files with the edits that `input` tells of.
  func edited(by input: ArraySlice<UInt8>) -> [[UInt8]] {
    var files = files
    var input = input
    while input.count >= 4 {
      let head = Array(input.prefix(4))
      input = input.dropFirst(4)
      let file = files.count == 1 ? 0 : Int(head[0] >> 7)
      let place = (Int(head[0] & 0x7F) << 8 | Int(head[1])) % (files[file].count + 1)
      let bytes = input.prefix(Int(head[2]))
      input = input.dropFirst(bytes.count)
      let end = min(place + bytes.count, files[file].count)
      switch head[3] & 7 {
      case 0: files[file].removeSubrange(place...)
      case _ where bytes.isEmpty:
        if place < files[file].count { files[file][place] ^= 1 << (head[3] >> 5) }
      case 1: files[file].insert(contentsOf: bytes, at: place)
      case 2: files[file].removeSubrange(place..<end)
      case 3:
        // A page in the place of another.
        let from = Int(bytes.first ?? 0) * 512
        guard from + 512 <= files[file].count, place + 512 <= files[file].count else { break }
        let page = files[file][from..<from + 512]
        files[file].replaceSubrange(place / 512 * 512..<place / 512 * 512 + 512, with: page)
      default: files[file].replaceSubrange(place..<end, with: bytes.prefix(end - place))
      }
    }
    return files
  }

  /// Puts `files` in the place of the run's; only what differs from before is written.
  func write(_ files: [[UInt8]]) throws(StoreError) {
    try onDisk.withLock { (old) throws(StoreError) in
      for (index, name) in zip(files.indices, Sample.names) {
        try put(path + name, files[index], over: old[index])
      }
      old = files
    }
    if files.count == 1 { unlink(path + Sample.names[1]) }
    unlink(path + "/run.sqlite-shm")
  }

  private static let names = ["/run.sqlite", "/run.sqlite-wal"]

  private static func restore(_ path: String, _ files: [[UInt8]]) throws(StoreError) {
    for name in names + ["/run.sqlite-shm"] { unlink(path + name) }
    for (name, bytes) in zip(names, files) {
      try Descriptor(opening: path + name, O_WRONLY | O_CREAT).write(bytes)
    }
  }
}

/// Writes a file that holds `old`.
private func put(_ path: String, _ new: [UInt8], over old: [UInt8]) throws(StoreError) {
  if new == old { return }
  let file = try Descriptor(opening: path, O_WRONLY)
  if new.count != old.count { ftruncate(file.number, new.count) }
  // By pages: the fuzzer sees every comparison of ours, but not what memcmp does.
  let page = 512
  func isSame(_ from: Int) -> Bool {
    new.withUnsafeBytes { new in
      old.withUnsafeBytes { memcmp(new.baseAddress! + from, $0.baseAddress! + from, page) == 0 }
    }
  }
  var start = 0
  while start + page <= min(new.count, old.count), isSame(start) { start += page }
  var end = new.count
  if new.count == old.count {
    while end - page >= start, isSame(end - page) { end -= page }
  }
  if start == end { return }
  let written = new[start..<end].withUnsafeBytes {
    pwrite(file.number, $0.baseAddress!, $0.count, off_t(start))
  }
  require(written == end - start, "\(path) cannot be written")
}

private func record(_ iteration: Int) -> IterationRecord {
  var record = IterationRecord(iteration: iteration)
  for slot in 0..<(iteration == 0 ? 0 : 2) {
    let job = JobID(iteration: iteration, slot: slot)
    record.conjectures.append(
      ConjectureRow(
        job: job, statement: "(= e e)", statementHash: "h\(slot)", logProbability: -1.5,
        source: "conjecturer"))
    record.outcomes.append(
      OutcomeRow(
        job: job, kind: slot == 0 ? .proved : .open, expansions: 7,
        logProbability: slot == 0 ? -0.5 : nil, difficulty: slot == 0 ? "hard" : nil, message: nil))
    guard slot == 0 else { continue }
    record.proofs.append(
      ProofRow(
        subject: .conjecture(job), statement: "(= e e)", script: "eq_refl.", certificate: "t"))
    let id = HindsightID(job: job, number: 0)
    record.hindsight.append(
      HindsightRow(id: id, statement: "(= a a)", statementHash: "k", logProbability: -2))
    record.proofs.append(
      ProofRow(subject: .hindsight(id), statement: "(= a a)", script: "", certificate: "u"))
  }
  record.addExamples("policy", count: 4)
  record.addMetric("loss", 0.5)
  record.addTiming("prove", seconds: 1.25)
  record.checkpoint = [CheckpointFile(name: "model.safetensors", bytes: [1, 2, 3])]
  return record
}
