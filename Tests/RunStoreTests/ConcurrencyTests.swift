import Glibc
import Hashing
import Testing

@testable import RunStore

@Suite struct ConcurrencyTests {
  @Test func secondWriterIsToldWhoHoldsTheLock() async throws {
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 0)
    let writer = try Run.open(at: path, mode: .write)
    #expect(throws: StoreError.locked(path: path + "/LOCK", holder: getpid())) {
      try Run.open(at: path, mode: .write)
    }
    let holder = getpid()
    await #expect(processExitsWith: .success) { [path = path as String, holder = holder as Int32] in
      #expect(throws: StoreError.locked(path: path + "/LOCK", holder: holder)) {
        try Run.open(at: path, mode: .write)
      }
      _ = try Run.open(at: path, mode: .read)
    }
    #expect(writer.mode == .write)
  }

  @Test func lockEndsWithItsHolder() async throws {
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 0)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let run = try Run.open(at: path, mode: .write)
      #expect(run.mode == .write)
      kill(getpid(), SIGKILL)
    }
    _ = try Run.open(at: path, mode: .write)
  }

  @Test func readersSeeWholeIterationsWhileAWriterWorks() async throws {
    let scratch = Scratch()
    let path = scratch.run
    var hashes = [try makeRun(at: path, through: 0)]
    let writer = try Run.open(at: path, mode: .write)
    let reading = Task {
      var seen: [(Int, Digest)] = []
      while seen.last?.0 != 20 && !Task.isCancelled {
        let reader = try Run.open(at: path, mode: .read)
        let report = try reader.verify()
        let hash = try reader.runHash()
        // The hash is at least as new as the report.
        seen.append((report.iterations - 1, hash))
      }
      return seen
    }
    defer { reading.cancel() }
    for iteration in 1...20 {
      try writer.commit(sampleRecord(iteration))
      hashes.append(try writer.runHash())
    }
    let seen = try await reading.value
    for (iteration, hash) in seen {
      #expect(hashes[iteration...].contains(hash))
    }
    #expect(seen.last?.1 == hashes[20])
  }

  /// A reader that may not write beside the database, not even its lock files.
  @Test func archivesThatCannotBeWrittenCanBeRead() async throws {
    let scratch = Scratch()
    let folder = scratch.path + "/100% a?b#c"
    try makeFolder(folder)
    let path = folder + "/run"
    let expected = try makeRun(at: path, through: 1).hex
    chmod(scratch.path, 0o755)
    chmod(path, 0o555)
    await #expect(processExitsWith: .success) {
      [path = path as String, expected = expected as String] in
      // The administrator may write everywhere; nobody may not.
      if getuid() == 0 { setuid(65534) }
      let run = try Run.open(at: path, mode: .read)
      #expect(try run.runHash().hex == expected)
      #expect(try run.verify().iterations == 2)
      #expect(throws: StoreError.self) { try Run.open(at: path, mode: .write) }
    }
    #expect(try names(in: path).allSatisfy { !$0.hasPrefix("run.sqlite-") })
    chmod(path, 0o755)
  }
}
