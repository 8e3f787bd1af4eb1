import Kernel

/// A second checker for the same theory, written to be obviously right rather than fast: trees
/// instead of handles, a typing context instead of locals, comparison of full normal forms instead
/// of lazy conversion, no caches.
struct PlainChecker {
  struct Entry {
    let type: Plain
    var value: Plain?
  }

  struct Refusal: Error {}
  /// The normal form is too large to be written out.
  struct TooLarge: Error {}

  var constants: [Entry]
  /// The type of numerals and its constructors, as constants.
  var literals: (type: Int, zero: Int, successor: Int)?
  /// Operations that compute, with their values at zero (variable 0 is the first argument) and at a
  /// successor (variable 1 is the first argument, variable 0 the number before).
  var computables: [(operation: Int, atZero: Plain, atSuccessor: Plain)] = []
  private var fuel = 0

  init(constants: [Entry], literals: (type: Int, zero: Int, successor: Int)?) {
    self.constants = constants
    self.literals = literals
  }

  /// Refuses or gives the type, normalized.
  ///
  /// - Throws: `Refusal`, `TooLarge`.
  mutating func typeNormalForm(of term: Plain) throws -> Plain {
    fuel = 200_000
    return try normalForm(try infer(term, []))
  }

  mutating func normalize(_ term: Plain) throws -> Plain {
    fuel = 200_000
    return try normalForm(term)
  }

  /// `context[i]` is the type of variable i, itself in the context beyond it.
  private mutating func infer(_ term: Plain, _ context: [Plain]) throws -> Plain {
    switch term {
    case .sort(.prop): return .sort(.type)
    case .sort(.type): return .sort(.kind)
    case .sort(.kind): throw Refusal()
    case .variable(let index):
      guard index < context.count else { throw Refusal() }
      return context[index].shifted(index + 1)
    case .constant(let index): return constants[index].type
    case .local(_, let type): return type
    case .literal:
      guard let literals else { throw Refusal() }
      return .constant(literals.type)
    case .application(let function, let argument):
      guard case .pi(let domain, let body) = try normalForm(try infer(function, context)) else {
        throw Refusal()
      }
      guard try normalForm(try infer(argument, context)) == domain else { throw Refusal() }
      return body.opened(with: argument)
    case .lambda(let domain, let body):
      _ = try sort(domain, context)
      let type = Plain.pi(domain, try infer(body, [domain] + context))
      _ = try sort(type, context)
      return type
    case .pi(let domain, let body):
      let first = try sort(domain, context)
      let second = try sort(body, [domain] + context)
      switch (first, second) {
      case (_, .prop): return .sort(.prop)
      case (.prop, .type), (.type, .type): return .sort(.type)
      case (.kind, .type), (_, .kind): return .sort(.kind)
      }
    case .definition(let type, let value, let body):
      _ = try sort(type, context)
      guard try normalForm(try infer(value, context)) == normalForm(type) else { throw Refusal() }
      return try infer(body.opened(with: value), context)
    }
  }

  private mutating func sort(_ type: Plain, _ context: [Plain]) throws -> Sort {
    guard case .sort(let sort) = try normalForm(try infer(type, context)) else { throw Refusal() }
    return sort
  }

  /// β, δ, ζ, numerals written out as successors, and operations that compute.
  private mutating func normalForm(_ term: Plain) throws -> Plain {
    fuel -= 1
    if fuel < 0 { throw TooLarge() }
    switch term {
    case .sort, .variable: return term
    case .local(let level, let type): return .local(level, type)
    case .constant(let index):
      guard let value = constants[index].value else { return term }
      return try normalForm(value)
    case .literal(let value):
      guard let literals else { return term }
      return (0..<value).reduce(.constant(literals.zero)) { term, _ in
        .application(.constant(literals.successor), term)
      }
    case .application(let function, let argument):
      let head = try normalForm(function)
      if case .lambda(_, let body) = head { return try normalForm(body.opened(with: argument)) }
      let value = try normalForm(argument)
      guard let literals, case .application(.constant(let operation), let first) = head,
        let rule = computables.first(where: { $0.operation == operation })
      else { return .application(head, value) }
      switch value {
      case .constant(literals.zero): return try normalForm(rule.atZero.opened(with: first))
      case .application(.constant(literals.successor), let previous):
        return try normalForm(rule.atSuccessor.opened(with: [first, previous]))
      default: return .application(head, value)
      }
    case .lambda(let domain, let body): return .lambda(try normalForm(domain), try normalForm(body))
    case .pi(let domain, let body): return .pi(try normalForm(domain), try normalForm(body))
    case .definition(_, let value, let body): return try normalForm(body.opened(with: value))
    }
  }
}
