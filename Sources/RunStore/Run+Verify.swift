import GRDB
import Glibc
public import Hashing

/// What `Run.verify()` compared.
public struct VerificationReport: Hashable, Sendable {
  public var iterations = 0
  public var rows = 0
  public var checkpointFiles = 0
  public var checkpointBytes = 0
}

extension Run {
  /// SHA-256 over all rows of all tables in canonical order, and the files of the last checkpoint.
  ///
  /// Times, paths, and what the run was started with are not part of it: runs of one program with
  /// the same seed have the same hash, whatever the machine and the number of threads. It is
  /// computed from the contents, not from the stored hashes.
  ///
  /// - Throws: `StoreError.damaged` and the like if the contents are not those committed.
  public func runHash() throws(StoreError) -> Digest {
    let audit = try database.read { try self.audit($0) }
    var hasher = SHA256()
    hasher.absorb(audit.chain)
    if let last = audit.last {
      for file in try readCheckpoint(last) {
        hasher.absorb(file.name)
        hasher.update(SHA256.hash(file.bytes).bytes)
      }
    }
    return hasher.finalize()
  }

  /// Recomputes every hash of every row, the chain, and the checkpoints.
  ///
  /// - Throws: an error that names the first bad place.
  public func verify() throws(StoreError) -> VerificationReport {
    let (report, damage) = try verifyAll()
    if let first = damage.first { throw first }
    return report
  }

  /// Recomputes every hash of every row, the chain, and the checkpoints, all of them even if some
  /// are damaged, and compares the event log with the rows.
  ///
  /// - Returns: what was compared, and an error for each damaged file.
  /// - Throws: an error that names the first bad place of the database.
  public func verifyAll() throws(StoreError) -> (
    report: VerificationReport, damage: [StoreError]
  ) {
    // Read first: a writer may commit between the two, and then the database is the newer one.
    let log = try EventLog(path: layout.events).bytes()
    let witnessed = EventLog.lastIteration(in: log)
    let (audit, lines) = try database.read { db in
      try RunDatabase.checkPages(db, path: database.path, pragma: "integrity_check")
      let audit = try self.audit(db)
      let violations = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
      guard violations.isEmpty else {
        throw StoreError.damaged(
          place: database.path, reason: "\(violations.count) rows refer to rows that are missing")
      }
      return (audit, try eventLines(db))
    }
    if let witnessed, witnessed > audit.last ?? -1 {
      throw .lostCommits(path: database.path, committed: audit.last, witnessed: witnessed)
    }
    var report = VerificationReport(
      iterations: audit.last.map { $0 + 1 } ?? 0, rows: audit.rows)
    var damage: [StoreError] = []
    if let reason = try eventFlaw(log, lines) {
      damage.append(.damaged(place: layout.events, reason: reason))
    }
    for iteration in 0..<report.iterations {
      do throws(StoreError) {
        let checkpoint = try openCheckpoint(iteration)
        for row in checkpoint.rows {
          do throws(StoreError) {
            report.checkpointBytes += try checkpoint.read(row).bytes.count
            report.checkpointFiles += 1
          } catch {
            damage.append(error)
          }
        }
      } catch {
        // Where the manifest is bad, the files are not known.
        damage.append(error)
      }
    }
    return (report, damage)
  }

  /// What is wrong with the event log, which was read before the rows that `lines` tell of.
  private func eventFlaw(_ log: [UInt8], _ lines: [String]) throws(StoreError) -> String? {
    if let kind = try fileKind(layout.events), kind != S_IFREG { return "not a regular file" }
    if let difference = EventLog.difference(of: log, from: lines) { return difference }
    // A run is sealed when all lines are written. One that is sealed now had them all before the
    // log is read again; a writer that came since may have added some.
    guard try fileKind(layout.sums) != nil else { return nil }
    let complete = Array(lines.map { $0 + "\n" }.joined().utf8)
    let current = try EventLog(path: layout.events).bytes()
    guard current.starts(with: complete) else {
      return "it lacks lines, although the run was ended"
    }
    return current.dropFirst(complete.count).first == 0 ? "it ends in zeros" : nil
  }

  /// Walks all rows, comparing each with its hash and each iteration with its chain.
  private func audit(_ db: Database) throws -> (last: Int?, chain: String, rows: Int) {
    let iterations = try IterationRow.fetch(db)
    for (expected, row) in iterations.enumerated() where row.iteration != expected {
      throw StoreError.damaged(place: "iteration \(expected)", reason: "it is missing")
    }
    var chains: [Chain] = []
    var chain = Chain.start
    for row in iterations {
      guard row.previousChain == chain else {
        throw StoreError.damaged(
          place: "iteration \(row.iteration)", reason: "it does not follow the one before")
      }
      chain = row.chain
      chains.append(Chain(previous: row.previousChain))
    }
    var rows = iterations.count
    for type in Schema.content + [TimingRow.self] {
      let table = type.table
      var hashes = [[Digest]](repeating: [], count: iterations.count)
      try table.forEachRow(db) { values, hash in
        guard case .integer(let iteration)? = values.first, hashes.indices ~= Int(iteration) else {
          throw StoreError.damaged(
            place: table.place(of: values), reason: "its iteration is not committed")
        }
        hashes[Int(iteration)].append(hash)
        rows += 1
      }
      if type == TimingRow.self { continue }
      for index in chains.indices { chains[index].absorb(table, hashes[index]) }
    }
    for (row, chain) in zip(iterations, chains) where chain.finalize() != row.chain {
      throw StoreError.damaged(
        place: "iteration \(row.iteration)", reason: "rows were added, removed or replaced")
    }
    return (iterations.last?.iteration, chain, rows)
  }
}
