/// A parsed source: its items in the order written.
public struct SyntaxTree: Sendable {
  public let source: SourceFile
  public let items: [SyntaxItem]
  public var dialect = Dialect.strict
  /// What was repaired while reading.
  public var repairs = RepairLog()
}

/// One top-level item.
public enum SyntaxItem: Sendable {
  case declaration(SyntaxDeclaration)
  case annotation(SyntaxAnnotation)
  case theorem(SyntaxTheorem)
}

/// A name and its place.
public struct SyntaxName: Sendable {
  public let text: String
  public let range: SourceRange

  public init(_ text: String, range: SourceRange = .synthesized) {
    self.text = text
    self.range = range
  }
}

/// `name : type.` or `name : type = value.`
public struct SyntaxDeclaration: Sendable {
  public let name: SyntaxName
  public let type: SyntaxTerm
  public let value: SyntaxTerm?
}

/// How a backward step treats one input: search the context for it, or leave it as a goal.
public enum InputMode: String, Sendable, Hashable {
  case infer, subgoal
}

/// A line that starts with `#`.
public struct SyntaxAnnotation: Sendable {
  public enum Kind: Sendable {
    /// `#forward f (pattern : type) ….`
    case forward(SyntaxName, [SyntaxPattern])
    /// `#backward f [infer|subgoal] ….`
    case backward(SyntaxName, [InputMode])
    /// `#literal type zero successor.`
    case literal(type: SyntaxName, zero: SyntaxName, successor: SyntaxName)
    /// `#computable operation equation-at-zero equation-at-successor.`
    case computable(operation: SyntaxName, atZero: SyntaxName, atSuccessor: SyntaxName)
    /// `#premises a b ….`
    case premises([SyntaxName])
  }

  public let kind: Kind
  public let range: SourceRange
}

/// What must exist before a forward step: an object of this shape and type, or, when `object` is
/// nil (written `'_`), a proof of the proposition `type`.
public struct SyntaxPattern: Sendable {
  public let object: SyntaxTerm?
  public let type: SyntaxTerm
  public let range: SourceRange
}

/// `theorem name : statement.` (open) or `theorem name : statement { script }`.
public struct SyntaxTheorem: Sendable {
  public let name: SyntaxName
  public let statement: SyntaxTerm
  public let script: ProofScript?
  /// The script in the legacy dialect, instead of `script`.
  public let legacyScript: LegacyScript?

  public init(
    name: SyntaxName, statement: SyntaxTerm, script: ProofScript? = nil,
    legacyScript: LegacyScript? = nil
  ) {
    self.name = name
    self.statement = statement
    self.script = script
    self.legacyScript = legacyScript
  }
}

/// A proof as a person reads it: steps, and blocks for the goals that a step leaves.
///
/// Only the shape is fixed here. In the terms after `by` and `apply`, `_` is a hole and the names
/// of rules are heads of applications; `Proving` gives them meaning.
public struct ProofScript: Sendable {
  public var steps: [ProofStep]

  public init(steps: [ProofStep] = []) {
    self.steps = steps
  }
}

/// One step of a script.
public struct ProofStep: Sendable {
  public enum Action: Sendable {
    /// `intro 'x : T.`
    case intro(SyntaxBinder)
    /// `construct 'p : T by term.`
    case construct(SyntaxBinder, by: SyntaxTerm)
    /// `show T by term.`
    case show(SyntaxTerm, by: SyntaxTerm)
    /// `apply term.`, whose open goals are the step's `goals`.
    case apply(SyntaxTerm)
  }

  public let action: Action
  /// The blocks after an `apply`; empty for other steps.
  public var goals: [GoalBlock]
  public let range: SourceRange

  public init(_ action: Action, goals: [GoalBlock] = [], range: SourceRange = .synthesized) {
    self.action = action
    self.goals = goals
    self.range = range
  }
}

/// `goal T { steps }`
public struct GoalBlock: Sendable {
  public let statement: SyntaxTerm
  public var steps: [ProofStep]

  public init(statement: SyntaxTerm, steps: [ProofStep]) {
    self.statement = statement
    self.steps = steps
  }
}
