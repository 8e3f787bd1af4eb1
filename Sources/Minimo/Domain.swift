import Export
import Hashing
import Kernel
public import PeanoSyntax
public import Proving
import RunStore
import ShippedDomains

/// Axioms to think about: a theory, its premises and how they may be used.
///
///     let domain = try Domain(named: "groups")
///     let own = try Domain(name: "mine", text: axioms)
public struct Domain: Sendable {
  public let name: String
  /// The text that it was read from, a file in the language of `Domains/*.p`. Of a legacy file:
  /// its declarations and annotations in that language, without its theorems.
  public let text: String
  let source: SourceFile
  /// What the text declares.
  public let file: ElaboratedFile
  /// What the source declares, with its theorems and scripts.
  let written: ElaboratedFile
  /// What a prover may do here.
  public let space: ActionSpace

  /// The names of the domains that come with Minimo.
  public static var shipped: [String] { ShippedDomains.names }

  /// A domain from the text of a domain file.
  ///
  /// - Throws: `.syntax` with the place of what is wrong.
  public init(
    name: String, text: String, limits: ActionLimits = ActionLimits(), dialect: Dialect = .strict
  ) throws(MinimoError) {
    try self.init(
      name: name, source: SourceFile(path: name, text: text), limits: limits, dialect: dialect)
  }

  /// A shipped domain.
  ///
  /// - Throws: `.usage` for any other name.
  public init(named name: String) throws(MinimoError) {
    guard let text = ShippedDomains.text(named: name) else {
      let suggestion = Domain.shipped.first { $0.hasPrefix(name) || name.hasPrefix($0) }
      throw .usage(
        "there is no domain '\(name)'. "
          + (suggestion.map { "Did you mean '\($0)'? " } ?? "")
          + "There are \(Domain.shipped.joined(separator: ", ")); "
          + "for a file of your own give its path, such as ./\(name).p")
    }
    try self.init(name: name, source: SourceFile(path: name + ".p", text: text))
  }

  /// A domain file.
  ///
  /// - Throws: `.file` if it cannot be read, `.syntax` if it is wrong.
  public init(path: String, dialect: Dialect = .strict) throws(MinimoError) {
    let source = SourceFile(path: path, bytes: try readFile(path, limit: SyntaxLimits.fileBytes))
    let last = path.split(separator: "/").last.map(String.init) ?? path
    try self.init(
      name: last.hasSuffix(".p") ? String(last.dropLast(2)) : last, source: source,
      dialect: dialect)
  }

  private init(
    name: String, source: SourceFile, limits: ActionLimits = ActionLimits(),
    dialect: Dialect = .strict
  ) throws(MinimoError) {
    self.name = name
    self.source = source
    do throws(SyntaxError) {
      written = try elaborate(parse(source, dialect: dialect))
      if let strict = written.strictText {
        text = strict
        file = try elaborate(parse(SourceFile(path: source.path, text: strict)))
      } else {
        text = source.text
        file = written
      }
    } catch {
      throw .syntax(error)
    }
    let theory = file.theory
    let entries =
      theory.declarations.count { $0.role != .primitive } + theory.literals.count
      + theory.computables.count
    guard entries <= CertificateLimits.declarations else {
      throw .syntax(
        SyntaxError([
          Diagnostic(
            "a certificate has all declarations of its theory, and no more than "
              + "\(CertificateLimits.declarations); here are \(entries)",
            fix: "split the file", at: SourceRange(offset: 0, length: 1), in: source)
        ]))
    }
    do {
      space = try ActionSpace(file, limits: limits)
    } catch {
      throw .premises(domain: name, error)
    }
  }

  /// Constants, definitions and axioms that the file declares.
  public var declarationCount: Int {
    file.theory.declarations.count { $0.role != .primitive }
  }

  /// A name that nothing in the domain has: `wanted`, with underscores if need be.
  public func freeName(_ wanted: String) -> String {
    var name = wanted
    while space.theory.constant(named: name) != nil
      || file.theorems.contains(where: { $0.name == name })
    {
      name += "_"
    }
    return name
  }

  /// SHA-256 of the text: what a run records about its axioms.
  public var hash: String { SHA256.hash(Array(text.utf8)).hex }
}
