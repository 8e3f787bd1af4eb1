import Parallel
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Measures one case after the other and prints a line of JSON for each repetition.
///
/// See `Arguments.usage`. Nothing is compared with anything here: that is `Scripts/bench-compare`.
@main struct Bench {
  static func main() {
    do {
      let arguments = try Arguments(CommandLine.arguments.dropFirst())
      if arguments.names == ["list"] {
        for measured in Case.all { write(measured.name) }
        return
      }
      if let refusal = TensorKernels.refusal { throw Arguments.Wrong(reason: refusal) }
      let names = arguments.names == ["all"] ? Case.all.map(\.name) : arguments.names
      if names.isEmpty { throw Arguments.Wrong(reason: "no case is named") }
      for name in names {
        guard let measured = Case(named: name) else {
          throw Arguments.Wrong(reason: "there is no case \(name); 'bench list' has all")
        }
        try measure(measured, arguments)
      }
    } catch let error as Arguments.Wrong {
      complain("error: \(error.reason)\n\(Arguments.usage)")
      exit(64)
    } catch {
      complain("error: \(error)\n")
      exit(65)
    }
  }

  private static func measure(_ measured: Case, _ arguments: Arguments) throws {
    let pool = WorkerPool(threads: arguments.threads)
    switch measured {
    case .inference(let model):
      try run(measured, .inference(model, pool: pool), arguments)
    case .training(let model):
      try run(measured, .training(model, pool: pool), arguments)
    case .decoding(let model):
      try run(measured, .decoding(model, pool: pool), arguments)
    case .product(let m, let k, let n, let bf16):
      try run(measured, .product(m: m, k: k, n: n, bf16: bf16, pool: pool), arguments)
    case .search:
      let search = try RecordedSearch(
        domain: String(decoding: read(arguments.domain), as: UTF8.self),
        expansions: arguments.expansions)
      let sample = search.sample(arguments.waves)
      if let folder = arguments.folder {
        try write(search.files(sample: sample, pool: pool), to: folder)
      }
      let result = Line(measured, arguments, flop: nil, tokens: search.tokenCount(sample))
      ready(arguments)
      for index in 0..<arguments.repetitions {
        if arguments.isStepped && readLine() == nil { return }
        let spent = search.replay(sample: sample, pool: pool).spent
        write(
          result.text(index, calls: 1, spent, queries: search.queryCount(sample)))
      }
    }
  }

  private static func run(
    _ measured: Case, _ workload: Workload, _ arguments: Arguments
  ) throws {
    if let folder = arguments.folder { try write(workload.files(), to: folder) }
    // Caches and pages warm up.
    workload.prepare()
    workload.call()
    let result = Line(measured, arguments, flop: workload.flop, tokens: workload.tokens)
    ready(arguments)
    for index in 0..<arguments.repetitions {
      if arguments.isStepped && readLine() == nil { return }
      var calls = 0
      var spent = Clock.Span()
      repeat {
        workload.prepare()
        let start = Clock.now()
        workload.call()
        spent.add(Clock.now() - start)
        calls += 1
      } while spent.processor < arguments.seconds
      write(result.text(index, calls: calls, spent))
    }
  }

  /// Tells who waits that the preparations are over.
  private static func ready(_ arguments: Arguments) {
    if arguments.isStepped { write(#"{"ready":true}"#) }
  }

  private static func write(_ line: String) {
    print(line)
    fflush(nil)
  }

  private struct FileError: Error, CustomStringConvertible {
    let description: String
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else {
      throw FileError(description: "\(path) cannot be opened")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 {
      bytes += block.prefix(count)
    }
    return bytes
  }

  private static func write(_ files: [String: [UInt8]], to folder: String) throws {
    for (name, bytes) in files {
      let path = folder + "/" + name
      guard let file = fopen(path, "w") else {
        throw FileError(description: "\(path) cannot be created")
      }
      let written = fwrite(bytes, 1, bytes.count, file)
      guard fclose(file) == 0 && written == bytes.count else {
        throw FileError(description: "\(path) cannot be written")
      }
    }
  }
}

/// Writes to the standard error.
private func complain(_ text: String) {
  _ = Array(text.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

/// What all repetitions of a case print alike.
struct Line {
  let name: String
  let threads: Int
  let flop: Double?
  let tokens: Int

  init(_ measured: Case, _ arguments: Arguments, flop: Double?, tokens: Int) {
    name = measured.name
    threads = arguments.threads
    self.flop = flop
    self.tokens = tokens
  }

  /// Seconds, flop, tokens and queries are those of one call; rates are per CPU-second.
  func text(_ index: Int, calls: Int, _ spent: Clock.Span, queries: Int? = nil) -> String {
    let processor = spent.processor / Double(calls)
    var members = [
      #""case":"\#(name)""#, #""cpu":"\#(TensorKernels.level)""#, #""threads":\#(threads)"#,
      #""repetition":\#(index)"#, #""calls":\#(calls)"#, #""cpuSeconds":\#(processor)"#,
      #""wallSeconds":\#(spent.wall / Double(calls))"#,
    ]
    if let flop {
      members += [#""flop":\#(flop)"#, #""gflopsPerCPUSecond":\#(flop / processor / 1e9)"#]
    }
    if tokens > 0 {
      members += [#""tokens":\#(tokens)"#, #""tokensPerCPUSecond":\#(Double(tokens) / processor)"#]
    }
    if let queries {
      members += [
        #""queries":\#(queries)"#, #""queriesPerCPUSecond":\#(Double(queries) / processor)"#,
      ]
    }
    return "{" + members.joined(separator: ",") + "}"
  }
}
