import Kernel

/// Binds the names of a legacy statement that nothing binds, as the original does: each becomes an
/// input in front, with the type that its first use as an argument asks for, or `prop` if it is
/// only used as a type.
///
/// What is found here is only written down: the statement is then elaborated like any other.
struct FreeParameters {
  private var elaborator: TermElaborator
  /// Free quoted names and their first places, in order.
  private var free: [SyntaxName] = []
  private var isFree: Set<String> = []
  /// Those that stand for a type somewhere.
  private var areTypes: Set<String> = []
  /// What was found, in order; their locals come first among the elaborator's.
  private var inputs: [SyntaxInput] = []
  /// Binders around the current place whose types are not known yet.
  private var blocked: [String] = []
  private var progressed = false
  private var isTooWide = false

  private static let limit = 60

  init(_ elaborator: TermElaborator) {
    self.elaborator = elaborator
    self.elaborator.locals = []
  }

  /// `statement` with its free names bound; names whose type nothing tells are left as they are.
  static func binding(
    _ statement: SyntaxTerm, with elaborator: TermElaborator, _ repairs: inout RepairLog
  ) -> SyntaxTerm {
    var parameters = FreeParameters(elaborator)
    parameters.collect(statement, [], isType: true)
    guard !parameters.free.isEmpty, parameters.free.count <= limit, !parameters.isTooWide else {
      return statement
    }
    parameters.inferTypes(in: statement)
    for input in parameters.inputs {
      let name = input.name!
      guard let place = parameters.free.first(where: { $0.text == name }) else { continue }
      repairs.add(
        Diagnostic(
          "nothing binds `\(name)`: it becomes an input of type `\(input.type)`",
          fix: "bind it first: [(\(name) : \(input.type)) -> …]", at: place.range,
          in: elaborator.source, repair: .freeParameter))
    }
    if parameters.inputs.isEmpty { return statement }
    if case .arrow(let inputs, let output, let range) = statement {
      return .arrow(parameters.inputs + inputs, output, range)
    }
    return .arrow(parameters.inputs, statement, statement.range)
  }

  private mutating func inferTypes(in statement: SyntaxTerm) {
    while inputs.count < free.count {
      progressed = false
      visit(statement)
      if progressed { continue }
      guard
        let name = free.first(where: { areTypes.contains($0.text) && !isKnown($0.text) })
      else { return }
      bind(name.text, .prop)
    }
  }

  private func isKnown(_ name: String) -> Bool { inputs.contains { $0.name == name } }

  private mutating func bind(_ name: String, _ type: Term) {
    let known = Array(elaborator.locals[..<inputs.count])
    let written = syntax(
      of: type, arena: elaborator.arena, theory: elaborator.theory, locals: known)
    elaborator.locals.insert((name, elaborator.open(type)), at: inputs.count)
    inputs.append(SyntaxInput(name: name, type: written))
    progressed = true
  }

  // MARK: Names

  /// Finds the free names; `bound` are the binders around `term`.
  private mutating func collect(_ term: SyntaxTerm, _ bound: [String], isType: Bool) {
    switch term {
    case .name(let name, let range):
      guard Vocabulary.isBound(name), !bound.contains(name),
        !bound.contains(String(name.dropFirst()))
      else { return }
      if isFree.insert(name).inserted { free.append(SyntaxName(name, range: range)) }
      if isType { areTypes.insert(name) }
    case .numeral: break
    case .application(let function, let arguments, _):
      for part in [function] + arguments { collect(part, bound, isType: false) }
    case .arrow(let inputs, let output, _):
      // What has more binders is refused anyway.
      guard bound.count + inputs.count <= TermElaborator.maximalHeight else {
        isTooWide = true
        return
      }
      var bound = bound
      for input in inputs {
        collect(input.type, bound, isType: true)
        if let name = input.name { bound.append(name) }
      }
      collect(output, bound, isType: true)
    case .lambda(let binders, let body, _):
      guard bound.count + binders.count <= TermElaborator.maximalHeight else {
        isTooWide = true
        return
      }
      var bound = bound
      for binder in binders {
        collect(binder.type, bound, isType: true)
        bound.append(binder.name)
      }
      collect(body, bound, isType: false)
    case .local(let binder, let value, let body, _):
      collect(binder.type, bound, isType: true)
      collect(value, bound, isType: false)
      collect(body, bound + [binder.name], isType: false)
    }
  }

  // MARK: Types

  private mutating func visit(_ term: SyntaxTerm) {
    let scope = (locals: elaborator.locals.count - inputs.count, blocked: blocked.count)
    defer {
      elaborator.locals.removeLast(elaborator.locals.count - inputs.count - scope.locals)
      blocked.removeLast(blocked.count - scope.blocked)
    }
    switch term {
    case .name, .numeral: break
    case .application(let function, let arguments, _):
      visit(function)
      for argument in arguments { visit(argument) }
      if arguments.contains(where: { unknown($0) != nil }) { visitArguments(function, arguments) }
    case .arrow(let inputs, let output, _):
      for input in inputs {
        visit(input.type)
        if let name = input.name { open(name, input.type) }
      }
      visit(output)
    case .lambda(let binders, let body, _):
      for binder in binders {
        visit(binder.type)
        open(binder.name, binder.type)
      }
      visit(body)
    case .local(let binder, let value, let body, _):
      visit(binder.type)
      visit(value)
      open(binder.name, binder.type)
      visit(body)
    }
  }

  /// The free name that `term` is, if its type is not known yet.
  private func unknown(_ term: SyntaxTerm) -> String? {
    guard case .name(let name, _) = term, isFree.contains(name), !blocked.contains(name),
      !elaborator.locals.contains(where: { $0.name == name })
    else { return nil }
    return name
  }

  private mutating func open(_ name: String, _ type: SyntaxTerm) {
    if let (type, _) = try? elaborator.elaborateType(type) {
      elaborator.locals.append((name, elaborator.open(type)))
    } else {
      blocked.append(name)
    }
  }

  /// Binds the arguments that are unknown, one after the other, as the function's inputs ask.
  private mutating func visitArguments(_ function: SyntaxTerm, _ arguments: [SyntaxTerm]) {
    guard var applied = try? elaborator.elaborate(function) else { return }
    let arena = elaborator.arena
    if case .name("=", _) = function, arguments.count == 2 {
      let left = unknown(arguments[0])
      guard let known = try? elaborator.elaborate(arguments[left == nil ? 0 : 1]),
        let type = try? elaborator.checker.infer(known)
      else { return }
      if let name = left ?? unknown(arguments[1]), isOutside(type) { bind(name, type) }
      return
    }
    for argument in arguments {
      guard let type = try? elaborator.checker.infer(applied),
        let arrow = try? elaborator.checker.weakHeadNormalForm(type),
        case .pi(let domain, _) = arena.view(arrow)
      else { return }
      if let name = unknown(argument) {
        guard isOutside(domain) else { return }
        bind(name, domain)
      }
      guard let term = try? elaborator.elaborate(argument) else { return }
      applied = arena.application(applied, term)
    }
  }

  /// Whether a type mentions no binder of the statement, so that it can stand in front.
  private func isOutside(_ type: Term) -> Bool {
    let inner = elaborator.locals[inputs.count...].map(\.term)
    return elaborator.arena.node(elaborator.arena.abstract(type, over: inner)).looseBound == 0
  }
}
