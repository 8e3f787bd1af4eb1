import Glibc
import Hashing
import Testing

@testable import RunStore

/// A run that nobody writes vouches for each of its bits.
@Suite struct SealTests {
  /// A sealed run with a report in its exports.
  private func makeSealedRun(at path: String, through last: Int = 1) throws {
    try makeRun(at: path, through: last)
    let run = try Run.open(at: path, mode: .write)
    try writeFile(path + "/exports/report.html", Array("<p>naïve</p>\n".utf8))
    #expect(try run.seal())
  }

  @Test func everyFileIsListedAsSha256sumDoes() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let list = try #require(output(of: "cd \(scratch.run) && sha256sum -c SHA256SUMS"))
    let checked = list.split(separator: "\n")
    #expect(checked.allSatisfy { $0.hasSuffix(": OK") })
    let found = try #require(output(of: "cd \(scratch.run) && find . -type f | sort"))
    let files = found.split(separator: "\n").map { $0.dropFirst(2) }
    #expect(
      checked.map { $0.dropLast(": OK".count) }.sorted()
        == files.filter { $0 != "LOCK" && $0 != "SHA256SUMS" }.sorted())
    #expect(files.contains("run.sqlite") && !files.contains { $0.hasPrefix("run.sqlite-") })
    #expect(try readFile(scratch.run + "/LOCK", limit: 64) == [])
  }

  @Test func readingChangesNothing() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let before = try names(in: scratch.run)
    do {
      let run = try Run.open(at: scratch.run, mode: .read)
      #expect(try run.verify().iterations == 2)
      _ = try run.runHash()
      #expect(try names(in: scratch.run) == before)
    }
    #expect(try names(in: scratch.run) == before)
    let report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [] && report.unlistedExports == [])
    #expect(report.files == 13)
  }

  /// Every file, byte by byte where it is small, otherwise at random.
  @Test func aFlippedBitIsFoundAndItsFileNamed() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    var random = TestRandom(seed: 31)
    let files = try #require(output(of: "cd \(scratch.run) && find . -type f | sort"))
      .split(separator: "\n").map { String($0.dropFirst(2)) }
    var flips = 0
    for file in files {
      let path = scratch.run + "/" + file
      let size = try readFile(path, limit: 1 << 30).count
      if size == 0 { continue }
      chmod(path, 0o644)
      let count = file == "run.sqlite" ? 200 : 40
      for _ in 0..<count {
        let offset = Int.random(in: 0..<size, using: &random)
        let bit = Int.random(in: 0..<8, using: &random)
        try flip(bit, at: offset, of: path)
        let findings = try #require(try Run.checkSeal(at: scratch.run)).findings
        #expect(findings.map(\.file) == [file], "\(file), byte \(offset), bit \(bit)")
        try flip(bit, at: offset, of: path)
        flips += 1
      }
    }
    #expect(flips >= 300)
    #expect(try #require(try Run.checkSeal(at: scratch.run)).findings == [])
  }

  /// The page after the last row holds nothing: only the sum of the file notices.
  @Test func alsoWhereSQLiteReadsNothing() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let path = scratch.run + "/run.sqlite"
    let expected = try Run.open(at: scratch.run, mode: .read).runHash()
    var random = TestRandom(seed: 32)
    var unnoticed = 0
    let size = try readFile(path, limit: 1 << 30).count
    for _ in 0..<100 {
      let offset = Int.random(in: 0..<size, using: &random)
      try flip(0, at: offset, of: path)
      if let run = try? Run.open(at: scratch.run, mode: .read), (try? run.verify()) != nil {
        #expect(try run.runHash() == expected)
        unnoticed += 1
      }
      let report = try #require(try Run.checkSeal(at: scratch.run))
      #expect(report.findings.map(\.file) == ["run.sqlite"])
      try flip(0, at: offset, of: path)
    }
    #expect(unnoticed > 5, "the contents alone are not enough")
  }

  @Test func lostAndAddedFilesAreFound() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    func findings() throws -> [String] {
      try #require(try Run.checkSeal(at: scratch.run)).findings.map(\.file)
    }
    try RunStore.rename(scratch.run + "/events.ndjson", to: scratch.run + "/events")
    #expect(try findings() == ["events.ndjson", "events"])
    try RunStore.rename(scratch.run + "/events", to: scratch.run + "/events.ndjson")
    try makeFolder(scratch.run + "/checkpoints/000002")
    try writeFile(scratch.run + "/checkpoints/000002/x", [])
    symlink("run.json", scratch.run + "/link")
    #expect(try findings() == ["checkpoints/000002/x", "link"])
    try removeTree(scratch.run + "/checkpoints/000002")
    try removeTree(scratch.run + "/link")
    try makeFolder(scratch.run + "/checkpoints/000002")
    try makeFolder(scratch.run + "/empty")
    #expect(try findings() == ["checkpoints/000002", "empty"])
    try removeTree(scratch.run + "/checkpoints/000002")
    try removeTree(scratch.run + "/empty")
    try makeFolder(scratch.run + "/exports/empty")
    #expect(try findings() == [])
    for stray in ["SHA256SUMS.tmp", "events.ndjson.tmp", "run.sqlite-wal"] {
      try writeFile(scratch.run + "/" + stray, [])
      #expect(try findings() == [stray])
      try removeTree(scratch.run + "/" + stray)
    }
    try overwrite(scratch.run + "/LOCK", Array("1\n".utf8))
    #expect(try findings() == ["LOCK"])
    try removeTree(scratch.run + "/LOCK")
    #expect(try findings() == ["LOCK"])
    try makeFolder(scratch.run + "/LOCK")
    #expect(try findings().first == "LOCK")
    try removeTree(scratch.run + "/LOCK")
    try writeFile(scratch.run + "/LOCK", [])
    #expect(try findings() == [])
    try overwrite(scratch.run + "/SHA256SUMS", [])
    #expect(try findings() == ["SHA256SUMS"])
  }

  /// A name is its bytes: Swift's strings are also equal where Unicode calls them equivalent.
  @Test func namesAreComparedAsBytes() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    func findings() throws -> [String] {
      try #require(try Run.checkSeal(at: scratch.run)).findings.map(\.file)
    }
    for name in ["LOC\u{212A}", "SHA256SUMS\u{301}", "checkpoints/000000/\u{212A}"] {
      try writeFile(scratch.run + "/" + name, [1])
      #expect(try findings().map { Array($0.utf8) } == [Array(name.utf8)])
      try removeTree(scratch.run + "/" + name)
    }
    // A name that is no UTF-8.
    let bytes = Array((scratch.run + "/evil").utf8) + [0xFF]
    let path = bytes.map { CChar(bitPattern: $0) } + [0]
    close(open(path, O_WRONLY | O_CREAT, 0o644))
    #expect(try findings() == ["evil\u{FFFD}"])
    unlink(path)
    // Two names that differ as bytes only, and ones that join what is around them.
    let exports = scratch.run + "/exports/"
    let names = ["\u{E9}", "e\u{301}", "\u{301}x", "\\\u{301}"]
    for (index, name) in names.enumerated() {
      try writeFile(exports + name, [UInt8(index)])
    }
    try Run.sealExports(at: scratch.run, written: names.map { exports + $0 })
    var report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [] && report.unlistedExports == [])
    #expect(output(of: "cd \(scratch.run) && sha256sum -c --strict SHA256SUMS") != nil)
    // No line break for us, one for sha256sum.
    try writeFile(exports + "line\r", [9])
    try Run.sealExports(at: scratch.run, written: [exports + "line\r"])
    report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [] && report.unlistedExports == [])
    try removeTree(exports + names[0])
    report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings.map { Array($0.file.utf8) } == [Array("exports/\u{E9}".utf8)])
  }

  @Test func exportsAreTakenInWhenAsked() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let name = "back\\slash\nand line"
    try writeFile(scratch.run + "/exports/" + name, [1])
    try overwrite(scratch.run + "/exports/report.html", [2])
    var report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.unlistedExports == ["exports/" + name])
    #expect(report.findings.map(\.file) == ["exports/report.html"])
    let exports = scratch.run + "/exports"
    // Only what was written, and nothing outside.
    try Run.sealExports(
      at: scratch.run, written: [exports + "/none", scratch.run + "/run.json", scratch.path])
    report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.unlistedExports == ["exports/" + name])
    #expect(report.findings.map(\.file) == ["exports/report.html"])
    try Run.sealExports(at: scratch.run, written: [exports + "/" + name])
    report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.unlistedExports == [])
    #expect(report.findings.map(\.file) == ["exports/report.html"])
    try Run.sealExports(at: scratch.run, written: [exports + "/../exports/report.html"])
    report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.unlistedExports == [] && report.findings == [])
    #expect(output(of: "cd \(scratch.run) && sha256sum -c --strict SHA256SUMS") != nil)
    #expect(try readFile(scratch.run + "/LOCK", limit: 64) == [])
    // Only exports: what else is wrong stays wrong.
    try flip(3, at: 5, of: scratch.run + "/events.ndjson")
    try Run.sealExports(at: scratch.run, written: [exports])
    #expect(
      try #require(try Run.checkSeal(at: scratch.run)).findings.map(\.file) == ["events.ndjson"])
    try flip(0, at: 1, of: scratch.run + "/SHA256SUMS")
    try Run.sealExports(at: scratch.run, written: [exports])
    #expect(
      try #require(try Run.checkSeal(at: scratch.run)).findings.map(\.file) == ["SHA256SUMS"])
  }

  /// A folder is written into when it is empty: its old lines go, those beside it stay.
  @Test func aFolderOfExportsIsTakenInAsAWhole() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let exports = scratch.run + "/exports"
    for (folder, name) in [("coq", "A.v"), ("coq", "B.v"), ("coq-old", "A.v")] {
      try makeFolders("\(exports)/\(folder)")
      try writeFile("\(exports)/\(folder)/\(name)", [1])
    }
    try Run.sealExports(at: scratch.run, written: [exports + "/coq", exports + "/coq-old/"])
    try removeTree(exports + "/coq")
    try overwrite(exports + "/coq-old/A.v", [2])
    try makeFolder(exports + "/coq")
    try writeFile(exports + "/coq/C.v", [3])
    try Run.sealExports(at: scratch.run, written: [exports + "/coq"])
    let report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings.map(\.file) == ["exports/coq-old/A.v"])
    #expect(report.unlistedExports == [])
  }

  @Test func aDamagedExportIsNeitherReadNorSealed() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let run = try Run.open(at: scratch.run, mode: .read)
    let path = scratch.run + "/exports/truth.json"
    func findings() throws -> [String] {
      try #require(try Run.checkSeal(at: scratch.run)).findings.map(\.file)
    }
    #expect(try run.readExport("truth.json", limit: 99) == nil)
    try run.writeExport("truth.json", Array("true".utf8))
    #expect(try findings() == [])
    #expect(try run.readExport("truth.json", limit: 99) == Array("true".utf8))
    try flip(0, at: 2, of: path)
    func expectRefusal() {
      #expect {
        try run.readExport("truth.json", limit: 99)
      } throws: { error in
        guard case .damaged(path, let reason)? = error as? StoreError else { return false }
        return reason.contains("SHA256SUMS") && reason.contains("check-truth")
      }
    }
    expectRefusal()
    // Another file is written: the damage stays found.
    try run.writeExport("report.html", [1])
    #expect(try findings() == ["exports/truth.json"])
    expectRefusal()
    try removeTree(path)
    #expect(try run.readExport("truth.json", limit: 99) == nil)
    #expect(try findings() == ["exports/truth.json"])
    try run.writeExport("truth.json", Array("again".utf8))
    #expect(try findings() == [])
    // Nothing vouches for a file that is not listed, or without a seal.
    try writeFile(scratch.run + "/exports/other.json", [7])
    #expect(try run.readExport("other.json", limit: 99) == [7])
    try flip(0, at: 2, of: path)
    try removeTree(scratch.run + "/SHA256SUMS")
    #expect(try run.readExport("truth.json", limit: 99)?.count == 5)
  }

  /// Killed between striking the line and writing it anew: not damaged, and mended by writing.
  @Test func anInterruptedExportLooksUnlisted() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let run = try Run.open(at: scratch.run, mode: .read)
    try run.unsealExport("report.html")
    let report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [] && report.unlistedExports == ["exports/report.html"])
    #expect(try run.readExport("report.html", limit: 99) != nil)
    try run.writeExport("report.html", [4])
    #expect(try #require(try Run.checkSeal(at: scratch.run)).unlistedExports == [])
  }

  /// Each reader sees a whole file that its line vouches for.
  @Test func exportsAreReadWhileTheyAreReplaced() async throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let run = try Run.open(at: scratch.run, mode: .read)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer: UInt8 in 0..<2 {
        group.addTask {
          for size in 1...8 {
            try run.writeExport("\(writer).json", [UInt8](repeating: writer, count: size * 1000))
          }
        }
      }
      group.addTask {
        for _ in 0..<100 {
          if let bytes = try run.readExport("0.json", limit: 10000) {
            #expect(bytes.allSatisfy { $0 == 0 } && bytes.count % 1000 == 0)
          }
        }
      }
      try await group.waitForAll()
    }
    let report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [] && report.unlistedExports == [])
    #expect(try run.readExport("1.json", limit: 10000)?.count == 8000)
  }

  @Test func writingBreaksTheSeal() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    do {
      let run = try Run.open(at: scratch.run, mode: .write)
      #expect(try Run.checkSeal(at: scratch.run) == nil)
      try Run.sealExports(at: scratch.run, written: [scratch.run + "/exports/report.html"])
      #expect(try Run.checkSeal(at: scratch.run) == nil, "the writer holds the lock")
      try run.commit(sampleRecord(2))
      #expect(try run.seal())
      #expect(try run.lastCommittedIteration == 2)
      try run.commit(sampleRecord(3))
      #expect(try Run.checkSeal(at: scratch.run) == nil)
      #expect(try run.seal())
    }
    let report = try #require(try Run.checkSeal(at: scratch.run))
    #expect(report.findings == [])
    let run = try Run.open(at: scratch.run, mode: .read)
    #expect(throws: StoreError.readOnly(path: scratch.run)) { try run.seal() }
    #expect(try run.runHash() == makeRun(at: scratch.path + "/whole", through: 3))
  }

  @Test func aReaderInTheWayLeavesTheRunOpen() throws {
    let scratch = Scratch()
    let path = scratch.run
    let expected = try makeRun(at: path, through: 1)
    do {
      let writer = try Run.open(at: path, mode: .write)
      let reader = try Run.open(at: path, mode: .read)
      #expect(try reader.runHash() == expected)
      #expect(try !writer.seal())
      #expect(try Run.checkSeal(at: path) == nil)
      // The writer can go on.
      try writer.commit(sampleRecord(2))
      #expect(try reader.lastCommittedIteration == 2)
    }
    #expect(try Run.open(at: path, mode: .write).seal())
    #expect(try #require(try Run.checkSeal(at: path)).findings == [])
  }

  /// Sealing is repeatable, and the seal depends on the contents only.
  @Test func theSameRunHasTheSameSeal() throws {
    let scratch = Scratch()
    try makeSealedRun(at: scratch.run)
    let first = try readFile(scratch.run + "/SHA256SUMS", limit: 1 << 20)
    #expect(try Run.open(at: scratch.run, mode: .write).seal())
    let lines = { (bytes: [UInt8]) in
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
        !$0.hasPrefix("#") && !$0.hasSuffix("run.sqlite")
      }
    }
    #expect(try lines(readFile(scratch.run + "/SHA256SUMS", limit: 1 << 20)) == lines(first))
  }
}

/// Flips one bit of a file in place.
private func flip(_ bit: Int, at offset: Int, of path: String) throws {
  let file = try Descriptor(opening: path, O_RDWR)
  var byte: UInt8 = 0
  #expect(pread(file.number, &byte, 1, off_t(offset)) == 1)
  byte ^= 1 << UInt8(bit)
  #expect(pwrite(file.number, &byte, 1, off_t(offset)) == 1)
}
