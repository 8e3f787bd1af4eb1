import Glibc
import Hashing
import Testing

@testable import RunStore

/// Every moment of a commit of `sampleRecord`, which has three files.
private let moments = FailPoint.allCases.filter { $0.group == .commit }.flatMap { point in
  (1...(point == .file ? 3 : 1)).map { Fault(point: point, visit: $0) }
}

extension FailPoint {
  enum Group { case creation, recovery, commit }

  var group: Group {
    if rawValue.hasPrefix("creation") { return .creation }
    return rawValue.hasPrefix("recovery") ? .recovery : .commit
  }
}

@Suite struct CrashTests {
  @Test func failureAtEveryPointLosesNothing() throws {
    let scratch = Scratch()
    let before = try makeRun(at: scratch.path + "/before", through: 1)
    let after = try makeRun(at: scratch.path + "/after", through: 2)
    var committed = 0
    for (index, moment) in moments.enumerated() {
      let path = scratch.path + "/\(index)"
      try copyTree(scratch.path + "/before", to: path)
      do {
        let fault = Fault(point: moment.point, visit: moment.visit, effect: .eio)
        let run = try Run.open(at: path, mode: .write, failing: fault.hook())
        #expect(throws: StoreError.self, "\(moment)") { try run.commit(sampleRecord(2)) }
        // The error is not a verdict: what is in the database counts.
        let last = try run.lastCommittedIteration
        #expect(try run.runHash() == (last == 2 ? after : before), "\(moment)")
        if last == 2 { committed += 1 }
        if index % 2 == 0 {
          try run.commit(sampleRecord(2))  // Again in the same process.
          #expect(try run.runHash() == after, "\(moment)")
        }
      }
      try expectCompletion(at: path, to: scratch.path + "/after", after)
    }
    #expect(moments.count == 14)
    #expect(committed == 3, "at the points after the transaction: transaction, event, fold")
  }

  @Test(arguments: moments.indices)
  func killAtEveryPointLosesNothing(index: Int) async throws {
    let scratch = Scratch()
    let path = scratch.run
    let before = try makeRun(at: path, through: 1)
    let after = try makeRun(at: scratch.path + "/after", through: 2)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, index = index as Int] in
      let run = try Run.open(at: path, mode: .write, failing: moments[index].hook())
      try run.commit(sampleRecord(2))
    }
    // A reader sees one state or the other, before anything is repaired.
    let seen = try Run.open(at: path, mode: .read).runHash()
    let isCommitted = [.transaction, .event, .fold].contains(moments[index].point)
    #expect(seen == (isCommitted ? after : before), "\(moments[index])")
    try expectCompletion(at: path, to: scratch.path + "/after", after)
  }

  /// Resumes the run at `path` and compares it with an undisturbed one.
  private func expectCompletion(at path: String, to whole: String, _ hash: Digest) throws {
    let run = try Run.open(at: path, mode: .write)
    #expect(try names(in: path + "/checkpoints").allSatisfy { !$0.hasPrefix("tmp-") })
    try run.commit(sampleRecord(2))
    #expect(try run.runHash() == hash)
    #expect(try run.verify().iterations == 3)
    #expect(try names(in: path + "/checkpoints") == ["000000", "000001", "000002"])
    #expect(
      try readFile(path + "/events.ndjson", limit: 1 << 20)
        == readFile(whole + "/events.ndjson", limit: 1 << 20))
  }

  /// A process that dies while it makes a run leaves a draft at most; the next one removes it.
  @Test(arguments: FailPoint.allCases.indices.filter { FailPoint.allCases[$0].group == .creation })
  func killDuringCreationLeavesNothing(index: Int) async throws {
    let scratch = Scratch()
    let path = scratch.run
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, index = index as Int] in
      _ = try Run.create(
        at: path, description: sampleDescription, theory: sampleTheory,
        failing: Fault(point: FailPoint.allCases[index]).hook())
    }
    let debris = try names(in: scratch.path)
    #expect(debris.count == 1)
    if FailPoint.allCases[index] == .creationRename {
      #expect(debris == ["run"])
      #expect(throws: StoreError.alreadyExists(path: path)) { try makeRun(at: path, through: 1) }
      try Run.open(at: path, mode: .write).commit(sampleRecord(0))
    } else {
      // The draft of a process that lives, as this one does, and other names stay.
      try makeFolder(path + ".creating-\(getpid())-1")
      try makeFolder(path + ".creating-me")
      try makeRun(at: path, through: 0)
      let others = ["run.creating-\(getpid())-1", "run.creating-me"]
      #expect(try names(in: scratch.path) == ["run"] + others)
    }
    #expect(try Run.open(at: path, mode: .read).verify().iterations == 1)
  }

  @Test(arguments: [FailPoint.recoveryOrphan, .recoveryEvents], [Fault.Effect.kill, .eio])
  func recoveryCanBeInterrupted(point: FailPoint, effect: Fault.Effect) async throws {
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 1)
    let after = try makeRun(at: scratch.path + "/after", through: 2)
    try makeFolder(path + "/checkpoints/tmp-000002")
    try writeFile(path + "/checkpoints/tmp-000002/model.safetensors", [1, 2, 3])
    try makeFolder(path + "/checkpoints/000002")
    try removeTree(path + "/events.ndjson")
    let text = point.rawValue + ":" + effect.rawValue
    switch effect {
    case .kill:
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, text = text as String] in
        setenv(Fault.variable, text, 1)
        _ = try Run.open(at: path, mode: .write)
      }
    case .eio:
      let hook = try #require(Fault(text)).hook()
      #expect(throws: StoreError.self) { try Run.open(at: path, mode: .write, failing: hook) }
    }
    try expectCompletion(at: path, to: scratch.path + "/after", after)
  }

  /// A process that commits without pause, killed after a random time; `seed` replays the times.
  @Test(arguments: [11, 12, 13, 14, 15, 16, 17, 18] as [UInt64])
  func killAtRandomMomentsLosesNothing(seed: UInt64) async throws {
    var random = TestRandom(seed: seed)
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 0)
    var acknowledged = 0
    for _ in 0..<3 {
      let microseconds = UInt32.random(in: 1_000...60_000, using: &random)
      await #expect(processExitsWith: .signal(SIGALRM)) {
        [path = path as String, microseconds = microseconds as UInt32] in
        let run = try Run.open(at: path, mode: .write)
        let witness = try Descriptor(opening: path + ".witness", O_WRONLY | O_CREAT | O_APPEND)
        ualarm(microseconds, 0)
        for iteration in (try run.lastCommittedIteration ?? -1) + 1..<Int.max {
          try run.commit(sampleRecord(iteration))
          try witness.write([1])
        }
      }
      acknowledged = try readFile(path + ".witness", limit: 1 << 20).count
      let run = try Run.open(at: path, mode: .write)
      let last = try #require(try run.lastCommittedIteration)
      #expect(last >= acknowledged)
    }
    let run = try Run.open(at: path, mode: .write)
    let last = try #require(try run.lastCommittedIteration)
    #expect(try run.verify().iterations == last + 1)
    let whole = try makeRun(at: scratch.path + "/whole", through: last)
    #expect(try run.runHash() == whole)
  }

  @Test func fullDiskLosesNothing() throws {
    let scratch = Scratch()
    let mount = scratch.path + "/small"
    try makeFolder(mount)
    guard Glibc.mount("tmpfs", mount, "tmpfs", 0, "size=2m") == 0 else {
      print("skipped: mounting a small disk is not permitted here")
      return
    }
    defer { umount2(mount, Int32(MNT_DETACH)) }
    let path = mount + "/run"
    let run = try Run.create(at: path, description: sampleDescription, theory: sampleTheory)
    var failures = 0
    for iteration in 0..<12 {
      // Fill what is left, but for a little more each time, then make room again.
      try run.commitWithFullDisk(sampleRecord(iteration), mount: mount, failures: &failures)
    }
    #expect(failures >= 12)
    let whole = try makeRun(at: scratch.path + "/whole", through: 11)
    #expect(try run.runHash() == whole)
    #expect(try run.verify().iterations == 12)
  }
}

extension Run {
  /// Commits with 0, 16, 32 … KiB of room until it succeeds; each failure must lose nothing.
  fileprivate func commitWithFullDisk(
    _ record: IterationRecord, mount: String, failures: inout Int
  ) throws {
    let before = try runHash()
    for room in stride(from: 0, to: 2 << 20, by: 16 << 10) {
      try? writeFile(mount + "/ballast", [UInt8](repeating: 1, count: 2 << 20))
      let ballast = try Descriptor(opening: mount + "/ballast", O_RDWR)
      let size = Int(try ballast.status().st_size)
      ftruncate(ballast.number, max(0, size - room))
      defer { try? removeTree(mount + "/ballast") }
      do {
        try commit(record)
        return
      } catch StoreError.io(_, _, let code, _) {
        #expect(code == ENOSPC)
        failures += 1
        if try lastCommittedIteration != record.iteration { #expect(try runHash() == before) }
      }
    }
    Issue.record("iteration \(record.iteration) did not fit")
  }
}
