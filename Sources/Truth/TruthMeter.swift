public import Kernel

/// What is known about a statement of a theory, whoever claims to have proved it.
public enum Verdict: Sendable, Hashable {
  /// It holds in all models of the axioms, with classical logic; `by` says who found that.
  case holds(by: String)
  /// It fails in a model of the axioms, so it cannot be proved.
  case fails(Countermodel)
  /// Neither was found within the budget.
  case open
  /// It is no statement of the logic that is decided here, for this reason.
  case unfit(String)
}

/// Two sources contradict one another about a statement: a bug of ours, or of a tool.
public struct Contradiction: Error, Sendable, Hashable {
  /// Who says that the statement holds.
  public let holdsBy: String
  /// The tool that says that it fails; nil if it was evaluated here.
  public let failsBy: String?
  /// The model in which it fails.
  public let countermodel: Countermodel
}

/// Classifies statements of a theory as true, false or open without any prover of our own.
///
/// A statement is *true* if it holds in all structures in which the axioms hold, *false* if it
/// fails in one. Structures interpret `prop` as the two truth values, types as sets, arrows as all
/// functions. Whatever the kernel proves is true in this sense; what is true need not be provable,
/// since the kernel's logic is constructive.
///
/// False is decided by evaluation: in small finite models of the axioms, found by search or known
/// by name, and in ℕ where the axioms are those of arithmetic. True is decided by truth tables
/// where a theory declares no types, by computing for equations without variables where the axioms
/// are those of arithmetic, else by external provers.
public struct TruthMeter: Sendable {
  let theory: Theory
  let signature: Signature
  /// Axioms of the logic, with their names.
  let axioms: [(name: String, formula: Formula)]
  /// Axioms that are not first-order.
  let predicateAxioms: [ConstantID]
  /// Where the constants of the theory went.
  let sorts: [ConstantID: TypeID]
  let symbols: [ConstantID: Int]
  let models: TheoryModels
  let numbers: NaturalNumbers?
  /// Declarations that are not part of the logic, with the reasons. Models of the rest then mean
  /// nothing.
  public let omitted: [(name: String, reason: String)]

  /// Nodes visited by the evaluation of one statement in all models, and by one search for another
  /// model.
  static let evaluationSteps = 20_000_000
  static let searchSteps = 2_000_000

  /// Reads the theory and looks for models of it.
  public init(_ theory: Theory) {
    let arena = TermArena(theory.terms)
    var translation = Translation(theory: theory, arena: arena)
    var omitted: [(String, String)] = []
    var statements: [(constant: ConstantID, term: Term)] = []
    for (index, declaration) in theory.declarations.enumerated() {
      guard case .assumption = declaration.role else { continue }
      let constant = ConstantID(index)
      do {
        let type = try translation.normalize(declaration.type)
        if type == .type {
          translation.addSort(constant)
        } else if let simple = translation.simpleType(type) {
          translation.addSymbol(constant, type: simple)
        } else {
          statements.append((constant, type))
        }
      } catch {
        omitted.append((declaration.name, error.description))
      }
    }
    translation.addNumerals()
    var axioms: [(name: String, formula: Formula)] = []
    var isPeano: [Bool] = []
    let peano = theory.literals.flatMap { PredicateAxioms.peano($0, in: arena) }
    for (constant, term) in statements {
      do {
        axioms.append((theory[constant].name, try translation.formula(term)))
        isPeano.append(peano.contains(term))
      } catch {
        omitted.append((theory[constant].name, error.description))
      }
    }
    self.theory = theory
    self.axioms = axioms
    self.omitted = omitted
    (signature, sorts, symbols) = (
      translation.signature, translation.sorts, translation.symbols
    )
    predicateAxioms = axioms.filter { !$0.formula.isFirstOrder }
      .compactMap { theory.constant(named: $0.name) }
    let formulas = axioms.map(\.formula)
    models = TheoryModels(signature, axioms: formulas)
    numbers =
      omitted.isEmpty
      ? NaturalNumbers(signature, axioms: zip(formulas, isPeano).map { ($0, $1) }) : nil
  }

  /// The names of the models that statements are evaluated in.
  public var modelNames: [String] { models.structures.map(\.name) + (numbers == nil ? [] : ["ℕ"]) }

  /// Classifies a statement.
  ///
  /// - Parameters:
  ///   - arena: holds `statement`; an arena over the theory.
  ///   - tools: what is asked where evaluation does not decide; once they are cancelled, what they
  ///     would have decided is open.
  ///   - crossCheck: ask all tools, also about what evaluation decides.
  /// - Throws: `Contradiction`, which only a bug explains.
  public func classify(
    _ statement: Term, in arena: TermArena, tools: TruthTools = TruthTools(),
    crossCheck: Bool = false
  ) throws(Contradiction) -> Verdict {
    let question: Question
    do {
      question = try Question(statement, in: arena, for: self)
    } catch {
      return error.isLimit ? .open : .unfit(error.description)
    }
    var answers: [Answer] = []
    if let builtIn = evaluate(question.formula, tools.isCancelled) {
      if !crossCheck { return builtIn }
      answers.append(Answer(tool: nil, verdict: builtIn))
    }
    let (told, reasons) = ask(tools, question, all: crossCheck)
    answers += told
    if let contradiction = Contradiction(among: answers) { throw contradiction }
    if let answer = answers.first { return answer.verdict }
    if let reason = reasons.first, reasons.count == 2, !reason.isLimit {
      return .unfit(reason.description)
    }
    return .open
  }

  /// Why a statement is open however much time there is: it is beyond a limit; nil if it is not.
  public func limit(on statement: Term, in arena: TermArena) -> String? {
    do throws(Unfit) {
      let (_, reasons) = ask(
        .none, try Question(statement, in: arena, for: self), all: false)
      guard let reason = reasons.first, reasons.count == 2, reason.isLimit else { return nil }
      return reason.description
    } catch {
      return error.isLimit ? error.description : nil
    }
  }

  /// Who found that the axioms contradict one another, so that every statement holds; nil if nobody
  /// did. Nobody is asked where a model is known.
  public func inconsistency(tools: TruthTools = TruthTools()) -> String? {
    guard models.structures.isEmpty, numbers == nil else { return nil }
    let arena = TermArena(theory.terms)
    let falsehood = arena.pi(.prop, arena.variable(0))
    guard let question = try? Question(falsehood, in: arena, for: self) else { return nil }
    let verdict =
      evaluate(question.formula, tools.isCancelled)
      ?? ask(tools, question, all: false).answers.first?.verdict
    guard case .holds(let prover)? = verdict else { return nil }
    return prover
  }

  /// The statement with its axioms for an external tool.
  ///
  /// - Throws: the reason why the statement is not first-order.
  public func tptp(_ statement: Term, in arena: TermArena) throws(Unfit) -> String {
    try Question(statement, in: arena, for: self).provable.tptp().text
  }

  /// As `tptp`, negated, in SMT-LIB.
  public func smtlib(_ statement: Term, in arena: TermArena) throws(Unfit) -> String {
    try Question(statement, in: arena, for: self).refutable.smtlib()
  }

  // MARK: Built in

  /// Nil also if it was cancelled, which is asked between structures.
  private func evaluate(_ formula: Formula, _ isCancelled: () -> Bool) -> Verdict? {
    if omitted.isEmpty {
      if let numbers, numbers.computes(formula, steps: TruthMeter.searchSteps) {
        return .holds(by: "computation")
      }
      if let numbers,
        let chosen = numbers.counterexample(to: formula, steps: TruthMeter.searchSteps)
      {
        let assignment = formula.bindings(chosen) { value, type in
          type == SimpleType.propositionID ? (value == 1 ? "true" : "false") : String(value)
        }
        return .fails(Countermodel(name: "ℕ", assignment: assignment))
      }
      var steps = TruthMeter.evaluationSteps
      for structure in models.structures {
        if isCancelled() { return nil }
        if let chosen = structure.counterexample(to: formula, steps: &steps) {
          return .fails(Countermodel(structure, signature, formula, chosen))
        }
      }
    }
    return search(formula, isCancelled)
  }

  /// Looks for a model of the axioms and the negated statement. Without types to choose sizes of,
  /// the search is complete: the truth tables.
  private func search(_ formula: Formula, _ isCancelled: () -> Bool) -> Verdict? {
    let (extended, negated) = formula.skolemized(signature)
    let constraints =
      axioms.map { ModelSearch.Constraint(formula: $0.formula, wanted: true) }
      + [ModelSearch.Constraint(formula: negated, wanted: false)]
    for sizes in TheoryModels.sizes(of: signature, upTo: 3).prefix(12) {
      if isCancelled() { return nil }
      guard let layout = CellLayout(extended, sizes: sizes),
        var search = ModelSearch(
          extended, layout, constraints, steps: TruthMeter.searchSteps)
      else { continue }
      var found: Countermodel?
      let end = search.run { structure in
        guard let plain = CellLayout(signature, sizes: sizes) else { return false }
        var steps = TruthMeter.searchSteps
        let reduct = Structure(
          name: structure.name, layout: plain,
          cells: Array(structure.cells.prefix(plain.ranges.count)))
        // What is reported was evaluated once more, as any other model.
        if reduct.satisfies(axioms.map(\.formula)),
          let chosen = reduct.counterexample(to: formula, steps: &steps)
        {
          found = Countermodel(reduct, signature, formula, chosen)
        }
        return false
      }
      if let found { return omitted.isEmpty ? .fails(found) : nil }
      if signature.sorts.isEmpty, case .exhausted = end { return .holds(by: "truth table") }
    }
    return nil
  }
}
