public import Kernel

/// What a file declares, checked.
public struct ElaboratedFile: Sendable {
  public let theory: Theory
  /// Names of axioms, definitions and built-in rules, in the order of `#premises`. Without that
  /// line: every declared proposition in order, then `eq_refl`, `eq_symm`, `rewrite`.
  public let premises: [String]
  public let forward: [ForwardAnnotation]
  public let backward: [BackwardAnnotation]
  public let theorems: [ElaboratedTheorem]
  /// What the legacy dialect repaired.
  public let repairs: RepairLog
  /// A legacy file's declarations and annotations in the strict dialect, which declares the same
  /// theory with them; nil for a strict file.
  public let strictText: String?
}

/// `#forward`: the constant is used forward only, where all patterns have a match.
public struct ForwardAnnotation: Sendable, Hashable {
  public let constant: ConstantID
  public let patterns: [ForwardPattern]
}

/// A shape that must be matched before a forward step.
///
/// In both terms the loose variable k stands for the input `arity - 1 - k` of the constant.
public struct ForwardPattern: Sendable, Hashable {
  /// The shape of an object of the context; nil for a hypothesis.
  public let object: Term?
  /// The type of the object, or the proposition that the hypothesis proves.
  public let type: Term
  /// The input that the hypothesis fills; nil for an object.
  public let input: Int?
}

/// `#backward`: the constant is used backward only.
public struct BackwardAnnotation: Sendable, Hashable {
  public let constant: ConstantID
  /// One mode for each input of the constant.
  public let modes: [InputMode]
}

/// A theorem of a file: its statement is a checked proposition, its script is not checked here.
///
/// In the legacy dialect the statement may be another type, of which the script constructs an
/// element.
public struct ElaboratedTheorem: Sendable {
  public let name: String
  public let statement: Term
  /// Number of inputs of the statement's outermost arrow as written.
  public let arity: Int
  /// The proof, nil for an open problem.
  public let script: ProofScript?
  /// The proof in the legacy dialect, instead of `script`.
  public let legacyScript: LegacyScript?
  public let position: SourcePosition
  /// The place of the name.
  public let range: SourceRange
}

/// Checks a file: declarations in order, then annotations.
///
/// - Throws: `SyntaxError` with one diagnostic for each item that is wrong in itself (at most 20);
///   what only fails because an earlier item failed is left out.
public func elaborate(_ tree: SyntaxTree) throws(SyntaxError) -> ElaboratedFile {
  var elaborator = FileElaborator(tree)
  return try elaborator.file()
}

/// Checks a problem file: theorems only, stated over `theory`; their terms live in `arena`.
///
/// - Parameter repairs: gets what the legacy dialect repaired.
/// - Throws: `SyntaxError` as `elaborate` does, also for anything that is not a theorem.
public func elaborateProblems(
  _ tree: SyntaxTree, theory: Theory, arena: TermArena, repairs: inout RepairLog
) throws(SyntaxError) -> [ElaboratedTheorem] {
  var reader = TheoremReader(tree)
  var log = DiagnosticLog()
  for item in tree.items {
    log.collect { () throws(SyntaxError) in
      let misplaced: SourceRange
      switch item {
      case .theorem(let theorem):
        let elaborator = TermElaborator(
          source: tree.source, theory: theory, arena: arena, dialect: tree.dialect)
        return try reader.read(theorem, with: elaborator)
      case .declaration(let declaration): misplaced = declaration.name.range
      case .annotation(let annotation): misplaced = annotation.range
      }
      throw SyntaxError(
        "a problem file holds theorems only", fix: "move this to the file of the domain",
        at: misplaced, in: tree.source)
    }
  }
  try log.finish()
  repairs = tree.repairs
  repairs.add(reader.repairs)
  repairs = repairs.sorted()
  return reader.theorems
}

/// Checks a problem file as above, without keeping notes.
public func elaborateProblems(
  _ tree: SyntaxTree, theory: Theory, arena: TermArena
) throws(SyntaxError) -> [ElaboratedTheorem] {
  var repairs = RepairLog()
  return try elaborateProblems(tree, theory: theory, arena: arena, repairs: &repairs)
}

/// Gathers the diagnostics of items that fail independently.
struct DiagnosticLog {
  private static let capacity = 20
  private var diagnostics: [Diagnostic] = []

  /// Runs the work of one item, unless enough has been reported. Returns whether it succeeded.
  @discardableResult
  mutating func collect(_ work: () throws(SyntaxError) -> Void) -> Bool {
    if diagnostics.count >= Self.capacity { return false }
    do {
      try work()
      return true
    } catch {
      if !error.isConsequence { diagnostics += error.diagnostics }
      return false
    }
  }

  func finish() throws(SyntaxError) {
    if !diagnostics.isEmpty { throw SyntaxError(diagnostics) }
  }
}

/// Reads theorems; their names are distinct from one another and from the constants.
struct TheoremReader {
  private let source: SourceFile
  private let dialect: Dialect
  private(set) var theorems: [ElaboratedTheorem] = []
  private(set) var repairs = RepairLog()
  private var names: Set<String> = []

  init(_ tree: SyntaxTree) {
    source = tree.source
    dialect = tree.dialect
  }

  mutating func read(
    _ theorem: SyntaxTheorem, with elaborator: TermElaborator
  ) throws(SyntaxError) {
    var elaborator = elaborator
    let name = theorem.name.text
    try requireFresh(name, elaborator, theorem.name.range)
    names.insert(name)
    var written = theorem.statement
    let statement: Term
    if dialect == .legacy {
      written = FreeParameters.binding(written, with: elaborator, &repairs)
      let (type, sort) = try elaborator.elaborateType(written)
      if sort != .prop {
        repairs.add(
          Diagnostic(
            "`\(name)` states a type, not a proposition: its script constructs an element",
            fix: "define it: \(name) : T = value.", at: written.range, in: source,
            repair: .constructedType))
      }
      statement = type
    } else {
      statement = try elaborator.elaborateStatement(written)
    }
    repairs.add(elaborator.repairs)
    theorems.append(
      ElaboratedTheorem(
        name: name, statement: statement, arity: written.arity, script: theorem.script,
        legacyScript: theorem.legacyScript, position: source.position(of: theorem.name.range),
        range: theorem.name.range))
  }

  /// - Throws: if `name` is a constant's or a theorem's.
  func requireFresh(
    _ name: String, _ elaborator: TermElaborator, _ range: SourceRange, hint: String = ""
  ) throws(SyntaxError) {
    if elaborator.theory.constant(named: name) != nil || names.contains(name) {
      throw elaborator.refusal(.duplicateName(name), range, hint: hint)
    }
  }
}

extension SyntaxTerm {
  /// Number of inputs of the outermost bracket group.
  var arity: Int {
    if case .arrow(let inputs, _, _) = self { return inputs.count }
    return 0
  }
}
