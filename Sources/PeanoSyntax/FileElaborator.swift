import Kernel

/// Elaborates one file, item by item.
struct FileElaborator {
  let tree: SyntaxTree
  private var builder = TheoryBuilder(limits: TermElaborator.limits)
  private var theoremReader: TheoremReader
  private var pending = PendingNames()
  /// The names of each constant's inputs as written, nil for an unnamed one.
  private var inputNames: [String: [String?]] = [:]
  /// Declared propositions, in order.
  private var axioms: [String] = []
  private let items: [SyntaxItem]
  private var repairs: RepairLog
  private var strict = StrictText()

  init(_ tree: SyntaxTree) {
    self.tree = tree
    theoremReader = TheoremReader(tree)
    repairs = tree.repairs
    if tree.dialect == .legacy {
      var order = LegacyOrder(tree)
      items = order.items()
      repairs.add(order.repairs)
    } else {
      items = tree.items
    }
    for case .declaration(let declaration) in tree.items {
      if pending.later[declaration.name.text] == nil {
        pending.later[declaration.name.text] = declaration.name.range
      }
    }
  }

  mutating func file() throws(SyntaxError) -> ElaboratedFile {
    var log = DiagnosticLog()
    for item in items {
      switch item {
      case .declaration(let declaration):
        let name = declaration.name.text
        pending.later[name] = nil
        pending.current = name
        let succeeded = log.collect { () throws(SyntaxError) in try declare(declaration) }
        pending.current = nil
        if !succeeded, builder.theory.constant(named: name) == nil { pending.failed.insert(name) }
      case .annotation(let annotation):
        log.collect { () throws(SyntaxError) in
          switch annotation.kind {
          case .literal(let type, let zero, let successor):
            try addLiterals(type, zero, successor, annotation.range)
          case .computable(let operation, let atZero, let atSuccessor):
            try addComputable(operation, atZero, atSuccessor)
          case .forward, .backward, .premises: return
          }
          strict.annotate(annotation)
        }
      case .theorem(let theorem):
        let elaborator = elaborator
        log.collect { () throws(SyntaxError) in
          try theoremReader.read(theorem, with: elaborator)
        }
      }
    }
    var annotations = AnnotationReader(elaborator: elaborator, inputNames: inputNames)
    for case .annotation(let annotation) in tree.items {
      log.collect { () throws(SyntaxError) in try annotations.read(annotation) }
      switch annotation.kind {
      case .forward, .backward, .premises: strict.annotate(annotation)
      case .literal, .computable: break
      }
    }
    try log.finish()
    repairs.add(annotations.repairs)
    repairs.add(theoremReader.repairs)
    return ElaboratedFile(
      theory: builder.freeze(), premises: annotations.premises ?? axioms + Vocabulary.rules,
      forward: annotations.forward, backward: annotations.backward,
      theorems: theoremReader.theorems, repairs: repairs.sorted(),
      strictText: tree.dialect == .legacy ? strict.text : nil)
  }

  private var elaborator: TermElaborator {
    var elaborator = TermElaborator(
      source: tree.source, theory: builder.theory, arena: builder.arena, dialect: tree.dialect)
    elaborator.pending = pending
    return elaborator
  }

  private mutating func declare(_ declaration: SyntaxDeclaration) throws(SyntaxError) {
    if try isRestatedPrimitive(declaration) { return }
    let name = declaration.name.text
    try theoremReader.requireFresh(name, elaborator, declaration.name.range, hint: Repair.hint)
    var written = declaration.type
    if tree.dialect == .legacy {
      written = FreeParameters.binding(written, with: elaborator, &repairs)
    }
    let (type, sort, value) = try elaborated(written, declaration.value)
    // No copy of the theory is alive here: the builder extends it in place.
    let arity = written.arity
    do {
      if let value {
        try builder.define(name, type: type, value: value, arity: arity)
      } else {
        try builder.assume(name, type: type, arity: arity)
      }
    } catch {
      throw elaborator.refusal(error, declaration.name.range)
    }
    if case .arrow(let inputs, _, _) = written {
      inputNames[name] = inputs.map(\.name)
    }
    if tree.dialect == .legacy { strict.declare(declaration.name, written, declaration.value) }
    if sort == .prop { axioms.append(name) }
  }

  private mutating func elaborated(
    _ type: SyntaxTerm, _ value: SyntaxTerm?
  ) throws(SyntaxError) -> (type: Term, sort: Sort, value: Term?) {
    var elaborator = elaborator
    let (type, sort) = try elaborator.elaborateType(type)
    let value = try value.map { (value) throws(SyntaxError) in
      try elaborator.elaborate(value, against: type)
    }
    repairs.add(elaborator.repairs)
    return (type, sort, value)
  }

  /// Whether the declaration repeats a built-in one word for word; files written for other checkers
  /// open with such lines.
  private func isRestatedPrimitive(
    _ declaration: SyntaxDeclaration
  ) throws(SyntaxError) -> Bool {
    let name = declaration.name.text
    var elaborator = elaborator
    var isSame = false
    var original = "nothing"
    if let constant = builder.theory.constant(named: name),
      builder.theory[constant].role == .primitive
    {
      let type = builder.theory[constant].type
      isSame = try elaborator.elaborate(declaration.type) == type
      original = "\(name) : \(print(type, arena: builder.arena, theory: builder.theory))."
    } else if name == "prop" {
      if case .name("type", _) = declaration.type { isSame = true }
      original = "prop : type."
    } else if !Vocabulary.sorts.contains(name) {
      return false
    }
    if isSame, declaration.value == nil { return true }
    throw elaborator.error(
      "`\(name)` is built in and cannot be declared anew",
      fix: original == "nothing"
        ? "remove this declaration" : "remove this declaration, or write exactly `\(original)`",
      declaration.name.range)
  }

  private mutating func addLiterals(
    _ type: SyntaxName, _ zero: SyntaxName, _ successor: SyntaxName, _ range: SourceRange
  ) throws(SyntaxError) {
    var elaborator = elaborator
    if let family = builder.theory.literals.first {
      let known = print(family.type, arena: builder.arena, theory: builder.theory)
      throw elaborator.error(
        "numerals have a type already: `\(known)`", fix: "keep one #literal line", range)
    }
    var terms: [Term] = []
    for name in [type, zero, successor] {
      terms.append(try elaborator.elaborate(.name(name.text, name.range)))
    }
    do {
      try builder.addLiterals(type: terms[0], zero: terms[1], successor: terms[2])
    } catch {
      throw elaborator.refusal(error, range)
    }
  }
  private mutating func addComputable(
    _ operation: SyntaxName, _ atZero: SyntaxName, _ atSuccessor: SyntaxName
  ) throws(SyntaxError) {
    let names = [operation, atZero, atSuccessor]
    var constants: [ConstantID] = []
    for name in names {
      if theoremReader.theorems.contains(where: { $0.name == name.text }) {
        throw elaborator.error(
          "`\(name.text)` is a theorem, but operations compute by axioms",
          fix: "name an axiom of this file", name.range)
      }
      guard let constant = builder.theory.constant(named: name.text) else {
        throw elaborator.unknownName(name.text, name.range)
      }
      constants.append(constant)
    }
    do {
      try builder.addComputable(
        operation: constants[0], atZero: constants[1], atSuccessor: constants[2])
    } catch {
      guard case .invalidComputation(let constant, _) = error else {
        throw elaborator.refusal(error, operation.range)
      }
      throw elaborator.refusal(error, names[constants.firstIndex(of: constant) ?? 0].range)
    }
  }
}
