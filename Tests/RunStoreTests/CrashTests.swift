import Glibc
import Synchronization
import Testing

@testable import RunStore

/// Fails at the `failing`-th step of the commits of one process.
final class StepCounter: Sendable {
  private let count = Mutex(0)
  private let failing: Int

  init(failing: Int) { self.failing = failing }

  func failurePoint(_ fail: @escaping @Sendable () -> Void) -> FailurePoint {
    { step throws(StoreError) in
      let now = self.count.withLock {
        $0 += 1
        return $0
      }
      guard now == self.failing else { return }
      fail()
      throw .io(operation: "\(step)", path: "", code: EIO, reason: "made to fail")
    }
  }
}

@Suite struct CrashTests {
  /// Twelve steps, of which one is taken for each of the three files.
  static let steps = CommitStep.allCases.count + 2

  @Test func failureAtEveryStepLosesNothing() throws {
    let scratch = Scratch()
    let before = try makeRun(at: scratch.path + "/before", through: 1)
    let after = try makeRun(at: scratch.path + "/after", through: 2)
    var committed = 0
    for step in 1...Self.steps + 1 {
      let path = scratch.path + "/\(step)"
      try copyTree(scratch.path + "/before", to: path)
      do {
        let counter = StepCounter(failing: step)
        let run = try Run.open(at: path, mode: .write, failurePoint: counter.failurePoint {})
        if step <= Self.steps {
          #expect(throws: StoreError.self, "step \(step)") { try run.commit(sampleRecord(2)) }
        } else {
          try run.commit(sampleRecord(2))
        }
        // The error is not a verdict: what is in the database counts.
        let last = try run.lastCommittedIteration
        #expect(try run.runHash() == (last == 2 ? after : before), "step \(step)")
        if last == 2 { committed += 1 }
        if step % 2 == 0 {
          try run.commit(sampleRecord(2))  // Again in the same process.
          #expect(try run.runHash() == after, "step \(step)")
        }
      }
      let run = try Run.open(at: path, mode: .write)
      try run.commit(sampleRecord(2))
      #expect(try run.runHash() == after, "step \(step)")
      #expect(try run.verify().iterations == 3)
      #expect(try names(in: path + "/checkpoints") == ["000000", "000001", "000002"])
      #expect(
        try readFile(path + "/events.ndjson", limit: 1 << 20)
          == readFile(scratch.path + "/after/events.ndjson", limit: 1 << 20))
    }
    #expect(committed == 4, "after the transaction: appendEvent, foldLog, finish, and no failure")
  }

  @Test(arguments: 1...Self.steps)
  func killAtEveryStepLosesNothing(step: Int) async throws {
    let scratch = Scratch()
    let path = scratch.run
    let before = try makeRun(at: path, through: 1)
    let after = try makeRun(at: scratch.path + "/after", through: 2)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, step = step as Int] in
      let counter = StepCounter(failing: step)
      let run = try Run.open(
        at: path, mode: .write, failurePoint: counter.failurePoint { kill(getpid(), SIGKILL) })
      try run.commit(sampleRecord(2))
    }
    // A reader sees one state or the other, before anything is repaired.
    let seen = try Run.open(at: path, mode: .read).runHash()
    #expect([before, after].contains(seen))
    let run = try Run.open(at: path, mode: .write)
    #expect(try names(in: path + "/checkpoints").allSatisfy { !$0.hasPrefix("tmp-") })
    try run.commit(sampleRecord(2))
    #expect(try run.runHash() == after)
    #expect(try run.verify().iterations == 3)
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
