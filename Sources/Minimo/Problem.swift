public import Agent
public import PeanoSyntax
import Proving

/// A statement to prove, over one domain.
public struct Problem: Sendable {
  public let name: String
  /// The statement as written, in one line.
  public let statement: String
  /// What a prover starts from.
  public let source: StatementSource
}

extension Domain {
  /// A statement over this domain.
  ///
  /// - Throws: `.syntax` unless `text` is a proposition of the domain.
  public func problem(
    _ text: String, named name: String = "statement"
  ) throws(MinimoError) -> Problem {
    try problem(in: SourceFile(path: name, text: text), named: name)
  }

  /// A statement over this domain, from a source that is one term.
  ///
  /// - Throws: `.syntax` unless it is a proposition of the domain.
  public func problem(
    in source: SourceFile, named name: String = "statement"
  ) throws(MinimoError) -> Problem {
    do throws(SyntaxError) {
      return try problem(parseTerm(source), named: name, of: source)
    } catch {
      throw .syntax(error)
    }
  }

  /// The theorems of a problem file, with or without proofs, as statements to prove.
  ///
  /// - Throws: `.file`, or `.syntax` for anything but theorems over this domain, at least one.
  public func problems(
    path: String, dialect: Dialect = .strict
  ) throws(MinimoError) -> [Problem] {
    let bytes = try readFile(path, limit: SyntaxLimits.fileBytes)
    return try problems(in: SourceFile(path: path, bytes: bytes), dialect: dialect)
  }

  /// The theorems of a problem file held in memory.
  ///
  /// - Throws: `.syntax` for anything but theorems over this domain, at least one.
  public func problems(
    in source: SourceFile, dialect: Dialect = .strict
  ) throws(MinimoError) -> [Problem] {
    do throws(SyntaxError) {
      let tree = try parse(source, dialect: dialect)
      let arena = space.makeArena()
      let theorems = try elaborateProblems(tree, theory: space.theory, arena: arena)
      var problems: [Problem] = []
      if dialect == .legacy {
        // What was repaired is written out.
        for theorem in theorems {
          let statement = syntax(of: theorem.statement, arena: arena, theory: space.theory)
          problems.append(try problem(statement, named: theorem.name, of: source))
        }
      } else {
        for case .theorem(let theorem) in tree.items {
          problems.append(try problem(theorem.statement, named: theorem.name.text, of: source))
        }
      }
      if problems.isEmpty {
        throw SyntaxError([
          Diagnostic(
            "there is no theorem to prove here", fix: "write theorem NAME : STATEMENT.",
            at: .synthesized, in: source)
        ])
      }
      return problems
    } catch {
      throw .syntax(error)
    }
  }

  private func problem(
    _ syntax: SyntaxTerm, named name: String, of source: SourceFile
  ) throws(SyntaxError) -> Problem {
    Problem(
      name: name, statement: syntax.description,
      source: try StatementSource(name: name, syntax, of: source, theory: space.theory))
  }
}
