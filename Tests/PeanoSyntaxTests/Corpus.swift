import Foundation
import PeanoSyntax

/// Source files that the tests read from the repository, found from this file's own path.
enum Corpus {
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let domains = ["groups", "nat-add", "nat-mul", "propositional-logic", "lattices"]

  static func domain(_ name: String) throws -> SourceFile {
    try source(repository.appending(path: "Domains/\(name).p"))
  }

  /// The files of a folder beside this one, by name.
  static func files(_ folder: String) throws -> [URL] {
    let folder = repository.appending(path: "Tests/PeanoSyntaxTests/\(folder)")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "p" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  static func source(_ file: URL) throws -> SourceFile {
    SourceFile(path: file.lastPathComponent, bytes: Array(try Data(contentsOf: file)))
  }

  /// What the first line, `/* <label>: … */`, says.
  static func note(_ label: String, of source: SourceFile) -> String? {
    let line = source.text.prefix { $0 != "\n" }
    guard line.hasPrefix("/* \(label): "), line.hasSuffix(" */") else { return nil }
    return String(line.dropFirst(label.count + 5).dropLast(3))
  }
}

/// The diagnostics of a source, empty if it is accepted.
func diagnostics(of source: SourceFile) -> [Diagnostic] {
  do throws(SyntaxError) {
    _ = try elaborate(try parse(source))
    return []
  } catch {
    return error.diagnostics
  }
}

func diagnostics(of text: String) -> [Diagnostic] {
  diagnostics(of: SourceFile(path: "test.p", text: text))
}

/// Runs `work` on a thread with the smallest stack that platforms give to secondary threads.
func onSmallStack<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
  let box = Box<Result>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    box.result = work()
    done.signal()
  }
  thread.stackSize = 512 << 10
  thread.start()
  done.wait()
  return box.result!
}

/// Written by one thread before it signals, read by another afterwards.
private final class Box<Result: Sendable>: @unchecked Sendable {
  var result: Result?
}
