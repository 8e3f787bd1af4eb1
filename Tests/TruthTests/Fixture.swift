import Foundation
import Kernel
import PeanoSyntax
import Testing

@testable import Truth

/// A domain with its truth meter.
struct Fixture: Sendable {
  let theory: Theory
  let meter: TruthMeter

  static let domains = ["groups", "lattices", "nat-add", "nat-mul", "propositional-logic"]

  /// One for each domain of the repository.
  static let groups = try! Fixture(domain: "groups")
  static let lattices = try! Fixture(domain: "lattices")
  static let natAdd = try! Fixture(domain: "nat-add")
  static let natMul = try! Fixture(domain: "nat-mul")
  static let logic = try! Fixture(domain: "propositional-logic")

  static func named(_ domain: String) -> Fixture {
    switch domain {
    case "groups": groups
    case "lattices": lattices
    case "nat-add": natAdd
    case "nat-mul": natMul
    default: logic
    }
  }

  init(_ text: String) throws {
    theory = try elaborate(try parse(SourceFile(path: "test.p", text: text))).theory
    meter = TruthMeter(theory)
  }

  init(domain: String) throws {
    try self.init(try Fixture.read("Domains/\(domain).p"))
  }

  static func read(_ path: String) throws -> String {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }

  func term(_ text: String) throws -> (Term, TermArena) {
    let arena = TermArena(theory.terms)
    let source = SourceFile(path: "statement", text: text)
    let term = try elaborate(
      try parseTerm(source), of: source, theory: theory, arena: arena, locals: [])
    return (term, arena)
  }

  func classify(
    _ text: String, tools: TruthTools = .none, crossCheck: Bool = false
  ) throws -> Verdict {
    let (term, arena) = try term(text)
    return try meter.classify(term, in: arena, tools: tools, crossCheck: crossCheck)
  }

  /// The countermodel of a statement that evaluation finds false.
  func countermodel(_ text: String) throws -> Countermodel {
    guard case .fails(let model) = try classify(text) else {
      throw Failure(description: "no countermodel of \(text): \(try classify(text))")
    }
    return model
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}

extension Verdict {
  var word: String {
    switch self {
    case .holds: "true"
    case .fails: "false"
    case .open: "open"
    case .unfit: "unfit"
    }
  }
}

/// The tools that are installed. Most calls take a few hundredths of a second.
let installed = TruthTools(seconds: 20)

/// Tools that print the same whatever they are asked; nil leaves one out.
func withForgedTools(
  eprover: String? = nil, cvc5: String? = nil, _ body: (TruthTools) throws -> Void
) throws {
  var paths: [String] = []
  defer { for path in paths { unlink(path) } }
  func forge(_ output: String?) throws -> String? {
    guard let output else { return nil }
    let path = FileManager.default.temporaryDirectory.path + "/minimo-forged-\(UUID().uuidString)"
    // Another process writes it: a child that another thread starts meanwhile would inherit our
    // descriptor, and a file that is open for writing cannot be executed.
    let writer = try #require(popen("cat > '\(path)' && chmod 755 '\(path)'", "w"))
    fputs("#!/bin/sh\necho '\(output)'\n", writer)
    #expect(pclose(writer) == 0)
    paths.append(path)
    return path
  }
  var tools = TruthTools.none
  tools.eprover = try forge(eprover)
  tools.cvc5 = try forge(cvc5)
  tools.seconds = 5
  try body(tools)
}
