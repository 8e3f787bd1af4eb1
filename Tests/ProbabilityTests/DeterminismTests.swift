import Testing

/// The same bits from every method, whatever the threads, the chunks and the process.
@Suite struct DeterminismTests {
  @Test func sameBitsInEveryProcess() async throws {
    let reference = try MethodDigest(threads: 0, chunkSize: 0).lines
    print(reference.joined(separator: "\n"))
    // Methods that draw differently find different numbers.
    let hashes = reference.filter { $0.hasPrefix("filter") }.map { $0.split(separator: " ").last }
    #expect(hashes.count == 12 && Set(hashes).count == 12)
    for (threads, chunkSize) in [(1, 0), (2, 0), (2, 7), (8, 1), (8, 64)] {
      let result = try await #require(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) { [threads = threads as Int, chunkSize = chunkSize as Int] in
        let lines = try MethodDigest(threads: threads, chunkSize: chunkSize).lines
        print(lines.map { "digest \($0)" }.joined(separator: "\n"))
      }
      let output = String(decoding: result.standardOutputContent, as: UTF8.self)
      let lines = output.split(separator: "\n").compactMap { line in
        line.hasPrefix("digest ") ? String(line.dropFirst(7)) : nil
      }
      #expect(lines == reference, "\(threads) threads, chunks of \(chunkSize)")
    }
  }
}
