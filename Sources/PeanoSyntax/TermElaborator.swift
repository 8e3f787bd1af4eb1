public import Kernel

/// Turns a written term into a checked kernel term.
///
/// `locals` are the bound names that the term may use, innermost last, each with the term that it
/// stands for (a local of the arena, or anything else without loose variables). The type argument
/// of a two-argument equality is the type of its left side.
///
/// - Throws: `SyntaxError` for unknown names and for everything that the kernel refuses, at the
///   place of the smallest subterm to blame.
public func elaborate(
  _ term: SyntaxTerm, of source: SourceFile, theory: Theory, arena: TermArena,
  locals: [(name: String, term: Term)] = []
) throws(SyntaxError) -> Term {
  var elaborator = TermElaborator(
    source: source, theory: theory, arena: arena, locals: locals)
  return try elaborator.elaborate(term)
}

/// Names that a source declares but the theory lacks, to explain their use.
struct PendingNames {
  /// Being declared.
  var current: String?
  /// Declared further down.
  var later: [String: SourceRange] = [:]
  /// Declared, but refused.
  var failed: Set<String> = []
}

/// Elaborates terms of one source against one state of a theory.
///
/// Binders are opened with locals while their scope is read, so that the kernel's checker can type
/// every subterm as it is built (it remembers what it typed) and blame the smallest one.
struct TermElaborator {
  let source: SourceFile
  let arena: TermArena
  var checker: Checker
  var locals: [(name: String, term: Term)]
  /// The declarations of the source that are not in the theory.
  var pending = PendingNames()
  let dialect: Dialect
  private(set) var repairs = RepairLog()
  private var binderCount = 0

  /// Levels of the locals opened here: above those of proofs, below those of the checker.
  private static let firstLevel = 1 << 29
  /// Height of the terms built here; bounds the recursion of everything that walks them.
  static let maximalHeight = 2 * SyntaxLimits.depth
  static let limits = KernelLimits(steps: 5_000_000, recursion: 4 * SyntaxLimits.depth)

  init(
    source: SourceFile, theory: Theory, arena: TermArena,
    locals: [(name: String, term: Term)] = [], dialect: Dialect = .strict
  ) {
    self.source = source
    self.dialect = dialect
    self.arena = arena
    self.locals = locals
    checker = Checker(theory: theory, arena: arena, limits: Self.limits)
  }

  var theory: Theory { checker.theory }

  // MARK: Terms

  mutating func elaborate(_ term: SyntaxTerm) throws(SyntaxError) -> Term {
    let result: Term
    switch term {
    case .name(let name, let range): result = try resolve(name, range)
    case .numeral(let digits, let range): result = try numeral(digits, range)
    case .application(let function, let arguments, let range):
      result = try application(function, arguments, range)
    case .arrow(let inputs, let output, let range): result = try arrow(inputs, output, range)
    case .lambda(let binders, let body, let range): result = try lambda(binders, body, range)
    case .local(let binder, let value, let body, _): result = try local(binder, value, body)
    }
    try checkHeight(result, term.range)
    return result
  }

  /// Elaborates a term that must be a type, and gives its sort.
  mutating func elaborateType(
    _ term: SyntaxTerm
  ) throws(SyntaxError) -> (type: Term, sort: Sort) {
    let type = try elaborate(term)
    let sort = try blaming(term.range) { (checker) throws(KernelError) in
      try checker.sort(of: type)
    }
    return (type, sort)
  }

  /// Elaborates what a theorem states, which must be a proposition.
  mutating func elaborateStatement(_ term: SyntaxTerm) throws(SyntaxError) -> Term {
    let statement = try elaborate(term)
    let type = try blaming(term.range) { (checker) throws(KernelError) in
      try checker.infer(statement)
    }
    if arena.node(type).tag == .sort, type != .prop {
      throw refusal(
        .notAProposition(term: statement, type: type), term.range, hint: Repair.hint)
    }
    try blaming(term.range) { (checker) throws(KernelError) in
      try checker.checkProposition(statement)
    }
    return statement
  }

  mutating func elaborate(
    _ term: SyntaxTerm, against type: Term
  ) throws(SyntaxError) -> Term {
    let result = try elaborate(term)
    try blaming(term.range) { (checker) throws(KernelError) in
      try checker.check(result, against: type)
    }
    return result
  }

  private mutating func application(
    _ function: SyntaxTerm, _ arguments: [SyntaxTerm], _ range: SourceRange
  ) throws(SyntaxError) -> Term {
    var result = try elaborate(function)
    func apply(_ argument: Term, _ place: SourceRange) throws(SyntaxError) {
      let applied = arena.application(result, argument)
      try checkHeight(applied, range)
      _ = try blaming(place) { (checker) throws(KernelError) in try checker.infer(applied) }
      result = applied
    }
    var elaborated: Term?
    if case .name("=", _) = function, arguments.count == 2 {
      let left = try elaborate(arguments[0])
      let type = try blaming(arguments[0].range) { (checker) throws(KernelError) in
        try checker.infer(left)
      }
      try apply(type, arguments[0].range)
      elaborated = left
    }
    for argument in arguments {
      let term: Term
      if let known = elaborated { term = known } else { term = try elaborate(argument) }
      elaborated = nil
      try apply(term, argument.range)
    }
    return result
  }

  private mutating func arrow(
    _ inputs: [SyntaxInput], _ output: SyntaxTerm, _ range: SourceRange
  ) throws(SyntaxError) -> Term {
    try checkHeight(inputs.count, range)
    let outer = locals.count
    defer { locals.removeSubrange(outer...) }
    var domains: [Term] = []
    var opened: [Term] = []
    for input in inputs {
      let (domain, _) = try elaborateType(input.type)
      domains.append(domain)
      opened.append(open(domain))
      if let name = input.name { locals.append((name, opened.last!)) }
    }
    var (result, _) = try elaborateType(output)
    result = arena.abstract(result, over: opened)
    for index in inputs.indices.reversed() {
      let domain = arena.abstract(domains[index], over: Array(opened[..<index]))
      result = arena.pi(domain, result)
      try checkHeight(result, range)
    }
    return result
  }

  private mutating func lambda(
    _ binders: [SyntaxBinder], _ body: SyntaxTerm, _ range: SourceRange
  ) throws(SyntaxError) -> Term {
    try checkHeight(binders.count, range)
    let outer = locals.count
    defer { locals.removeSubrange(outer...) }
    var domains: [Term] = []
    var opened: [Term] = []
    for binder in binders {
      domains.append(try elaborateType(binder.type).type)
      opened.append(open(domains.last!))
      locals.append((binder.name, opened.last!))
    }
    var result = arena.abstract(try elaborate(body), over: opened)
    for index in binders.indices.reversed() {
      let domain = arena.abstract(domains[index], over: Array(opened[..<index]))
      result = arena.lambda(domain, result)
      try checkHeight(result, range)
    }
    return result
  }

  /// The body is read knowing the type of the name, not its value.
  private mutating func local(
    _ binder: SyntaxBinder, _ value: SyntaxTerm, _ body: SyntaxTerm
  ) throws(SyntaxError) -> Term {
    let (type, _) = try elaborateType(binder.type)
    let value = try elaborate(value, against: type)
    let opened = open(type)
    locals.append((binder.name, opened))
    defer { locals.removeLast() }
    let body = arena.abstract(try elaborate(body), over: [opened])
    return arena.definition(type: type, value: value, body: body)
  }

  mutating func open(_ type: Term) -> Term {
    binderCount += 1
    return arena.local(level: Self.firstLevel + binderCount, type: type)
  }

  // MARK: Names

  private mutating func resolve(_ name: String, _ range: SourceRange) throws(SyntaxError) -> Term {
    if let local = locals.last(where: { $0.name == name }) { return local.term }
    switch name {
    case "prop": return .prop
    case "type": return .type
    case "kind":
      throw error(
        "`kind` has no type and cannot be written", fix: "use `type` or `prop`", range)
    case Vocabulary.hole:
      throw error(
        "a hole `_` cannot stand here", fix: "write the term; holes belong to script steps", range)
    default: break
    }
    if let constant = theory.constant(named: name) { return arena.constant(constant) }
    if dialect == .legacy, let local = locals.last(where: { isQuoted($0.name, name) }) {
      repairs.add(
        Diagnostic(
          "`\(name)` is bound as `\(local.name)`", fix: "write `\(local.name)`", at: range,
          in: source, repair: .bareUse))
      return local.term
    }
    throw unknownName(name, range)
  }

  /// Whether two names differ by the leading quote of one of them.
  private func isQuoted(_ bound: String, _ name: String) -> Bool {
    bound == "'" + name || "'" + bound == name
  }

  private mutating func numeral(
    _ digits: String, _ range: SourceRange
  ) throws(SyntaxError) -> Term {
    guard theory.literals.count == 1 else {
      throw error(
        "the numeral `\(digits.prefix(20))` has no type here",
        fix: "declare the type of numerals first: #literal nat z s.", range)
    }
    guard let value = Natural(decimal: digits, maxDigits: SyntaxLimits.numeralDigits) else {
      throw error(
        "this numeral has \(digits.utf8.count) digits; the limit is \(SyntaxLimits.numeralDigits)",
        fix: "use a smaller number", range)
    }
    return arena.literal(family: 0, value: value)
  }

  // MARK: Errors

  func error(_ message: String, fix: String, _ range: SourceRange) -> SyntaxError {
    SyntaxError(message, fix: fix, at: range, in: source)
  }

  private func checkHeight(_ term: Term, _ range: SourceRange) throws(SyntaxError) {
    try checkHeight(arena.overflowed ? .max : Int(arena.node(term).depth), range)
  }

  private func checkHeight(_ height: Int, _ range: SourceRange) throws(SyntaxError) {
    if height > Self.maximalHeight {
      throw error(
        "this term nests deeper than \(Self.maximalHeight) binders and arguments",
        fix: "name its parts with definitions", range)
    }
  }

  /// Runs a kernel check; what the kernel refuses is reported at `range`.
  mutating func blaming<Result>(
    _ range: SourceRange, _ check: (inout Checker) throws(KernelError) -> Result
  ) throws(SyntaxError) -> Result {
    do {
      return try check(&checker)
    } catch {
      throw refusal(error, range)
    }
  }

  func refusal(
    _ refused: KernelError, _ range: SourceRange, hint: String = ""
  ) -> SyntaxError {
    let explanation = Explanation(
      of: refused, arena: arena, theory: theory, locals: locals)
    return error(explanation.message, fix: explanation.fix + hint, range)
  }
}
