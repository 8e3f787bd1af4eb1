import Foundation
import Recheck

/// The certificates that `Scripts/certificate-corpus` writes.
struct Corpus {
  let name: String
  let text: [UInt8]

  static let positive = files("Positive")
  /// The name of each starts with the reason for which it must be refused.
  static let negative = files("Negative")

  static func named(_ name: String) -> String {
    let file = (positive + negative).first { $0.name == name }
    guard let file else { preconditionFailure("no certificate \(name)") }
    return String(decoding: file.text, as: UTF8.self)
  }

  private static func files(_ folder: String) -> [Corpus] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".cert") }.sorted().map { name in
      let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)!
      return Corpus(name: String(name.dropLast(5)), text: [UInt8](data))
    }
  }
}

/// What `recheck` says of each text, on a stack as large as it needs.
func verdicts(
  _ texts: [[UInt8]], stepLimit: Int = 20_000_000
) -> [Result<RecheckResult, RecheckError>] {
  nonisolated(unsafe) var results: [Result<RecheckResult, RecheckError>] = []
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    for text in texts {
      do throws(RecheckError) {
        results.append(.success(try recheck(text, stepLimit: stepLimit)))
      } catch {
        results.append(.failure(error))
      }
    }
    done.signal()
  }
  thread.stackSize = 64 << 20
  thread.start()
  done.wait()
  return results
}

func verdict(_ text: [UInt8], stepLimit: Int = 20_000_000) -> Result<RecheckResult, RecheckError> {
  verdicts([text], stepLimit: stepLimit)[0]
}

func verdict(_ text: String) -> Result<RecheckResult, RecheckError> { verdict(Array(text.utf8)) }

extension Result where Success == RecheckResult, Failure == RecheckError {
  var error: RecheckError? { if case .failure(let error) = self { error } else { nil } }
  var reason: RecheckError.Reason? { error?.reason }
  var line: Int? { error?.line }
  var accepted: RecheckResult? { try? get() }
}

/// A certificate that consists of these lines, with the right hash.
func certificate(theory: [String], body: [String]) -> String {
  let block = (["theory"] + theory + ["end-theory"]).map { $0 + "\n" }.joined()
  let head = "minimo-certificate 1\ntheory-hash \(hash(of: block))\n"
  return head + block + body.map { $0 + "\n" }.joined()
}
