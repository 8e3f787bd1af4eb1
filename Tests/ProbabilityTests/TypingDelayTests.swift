import Foundation
import Testing

/// What must not compile, and what must, asked of the compiler.
@Suite struct TypingDelayTests {
  /// Where the modules are that these tests were built with; nil where a copy of the program runs.
  private static let modules: URL? = {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let modules = program.deletingLastPathComponent().appendingPathComponent("Modules")
    return FileManager.default.fileExists(atPath: modules.path) ? modules : nil
  }()

  /// The compiler's exit status and what it says of a file with this text.
  private func typecheck(_ text: String) throws -> (status: Int32, output: String) {
    let modules = try #require(Self.modules)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("typing-\(ProcessInfo.processInfo.processIdentifier)-\(text.count)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("snippet.swift")
    try text.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "swiftc", "-typecheck", "-swift-version", "6", "-I", modules.path, file.path,
    ]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private func program(_ lines: [String]) -> String {
    """
    import Glibc
    import Probability
    func run(_ p: inout some ProbabilisticContext) {
    let x = p.assume(Normal(0, variance: 1))
    let n = p.assume(Poisson(2.0))
    \(lines.joined(separator: "\n"))
    }
    """
  }

  @Test(.enabled(if: modules != nil, "a copy of the program, without modules"))
  func forcedAndAffineUsesCompile() throws {
    let text = program([
      "p.observe(1, Normal(exp(p.value(x)), variance: 1))",
      "p.observe(1, Normal(1 - 2 * (x + 3) / 4, variance: 1))",
      "p.observe(1, LogNormal(x, variance: 1))",
      "p.observe(1, Binomial(count: n, probability: 0.5))",
      "if p.value(n) > 2 { p.factor(-1) }",
    ])
    let result = try typecheck(text)
    #expect(result.status == 0, "\(result.output)")
  }

  /// Each of these would lose a closed form silently: each line is an error, and those that people
  /// write are told what to write.
  @Test(.enabled(if: modules != nil, "a copy of the program, without modules"))
  func nonlinearUsesDoNotCompile() throws {
    let drawn = "x has no number yet; to draw it, write"
    let lines = [
      ("p.observe(1, Normal(exp(x), variance: 1))", "\(drawn) exp(p.value(x))"),
      ("p.observe(1, Normal(x * x, variance: 1))", "give one a number, as in p.value(x) * y"),
      ("p.observe(1, Normal(sin(2 * x), variance: 1))", "\(drawn) sin(p.value(x))"),
      ("if x > 0 { p.factor(-1) }", "\(drawn) p.value(x) > y"),
      ("if n > 2 { p.factor(-1) }", "\(drawn) p.value(x) > y"),
      ("p.observe(1, Normal(x.squareRoot(), variance: 1))", "has no member 'squareRoot'"),
    ]
    let result = try typecheck(program(lines.map(\.0)))
    #expect(result.status != 0)
    for (offset, (line, message)) in lines.enumerated() {
      let told = result.output.split(separator: "\n").filter {
        $0.contains("snippet.swift:\(6 + offset):")
      }
      #expect(told.contains { $0.contains(message) }, "\(line): \(told)")
    }
    #expect(!result.output.contains("snippet.swift:4:") && !result.output.contains("swift:5:"))
  }
}
