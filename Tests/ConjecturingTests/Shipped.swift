import Foundation
import Kernel
import PeanoSyntax

/// The domains that come with the project.
enum Shipped {
  static let names = ["groups", "nat-add", "nat-mul", "propositional-logic", "lattices"]

  static func theory(_ name: String) throws -> Theory {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Domains/\(name).p")
    let source = SourceFile(path: file.path, bytes: Array(try Data(contentsOf: file)))
    return try elaborate(parse(source)).theory
  }

  static func statement(_ text: String, _ theory: Theory, _ arena: TermArena) throws -> Term {
    let source = SourceFile(path: "statement", text: text)
    return try elaborate(parseTerm(source), of: source, theory: theory, arena: arena)
  }
}
