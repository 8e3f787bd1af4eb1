import Kernel

/// A statement as a formula, with the axioms that a tool gets.
struct Question {
  let formula: Formula
  /// For proving: axioms, and instances of those about predicates.
  let provable: FirstOrderProblem
  /// For refuting: all axioms as they are.
  let refutable: FirstOrderProblem
  /// Whether all axioms are first-order, so that a model of them all counts.
  let isComplete: Bool

  init(_ statement: Term, in arena: TermArena, for meter: TruthMeter) throws(Unfit) {
    var translation = Translation(meter, arena: arena)
    let normal = try translation.normalize(statement)
    formula = try translation.formula(normal)
    var provable: [(String, Formula)] = []
    var isComplete = meter.omitted.isEmpty
    for axiom in meter.axioms {
      if axiom.formula.isFirstOrder { provable.append(axiom) } else { isComplete = false }
    }
    var predicateAxioms: [Term] = []
    for constant in meter.predicateAxioms {
      predicateAxioms.append(try translation.normalize(meter.theory[constant].type))
    }
    let instances = PredicateAxioms(predicateAxioms, arena: arena)
      .instances(for: normal, in: arena)
    for (index, instance) in instances.enumerated() {
      guard let formula = try? translation.formula(instance), formula.isFirstOrder else { continue }
      provable.append(("instance_\(index)", formula))
    }
    self.isComplete = isComplete
    self.provable = FirstOrderProblem(
      signature: meter.signature, axioms: provable, conjecture: formula)
    refutable = FirstOrderProblem(
      signature: meter.signature, axioms: meter.axioms, conjecture: formula)
  }
}

/// What somebody said about a statement.
struct Answer {
  /// Nil if it was evaluated here.
  let tool: String?
  let verdict: Verdict
}

extension Contradiction {
  /// The first yes and the first no; nil if there are not both.
  init?(among answers: [Answer]) {
    var prover: String?
    var refuted: (tool: String?, model: Countermodel)?
    for answer in answers.reversed() {
      switch answer.verdict {
      case .holds(let name): prover = name
      case .fails(let model): refuted = (answer.tool, model)
      case .open, .unfit: continue
      }
    }
    guard let prover, let refuted else { return nil }
    self.init(holdsBy: prover, failsBy: refuted.tool, countermodel: refuted.model)
  }
}

extension TruthMeter {
  /// What the tools say, up to the first answer that counts or all of them, and why they were not
  /// asked: one reason for each of the two languages.
  func ask(
    _ tools: TruthTools, _ question: Question, all: Bool
  ) -> (answers: [Answer], reasons: [Unfit]) {
    var answers: [Answer] = []
    var reasons: [Unfit] = []
    var repeated: Countermodel?
    if case .fails(let model)? = tools.repeated { repeated = model }
    do throws(Unfit) {
      let (text, hasAllAxioms) = try question.provable.tptp()
      switch tools.askEprover(text) {
      case .follows where question.provable.coversEmptySorts:
        answers.append(Answer(tool: "eprover", verdict: .holds(by: "eprover")))
      case .fails(_, let output) where question.isComplete && hasAllAxioms:
        let model = Countermodel(name: Countermodel.foundByEprover, toolOutput: output)
        answers.append(Answer(tool: "eprover", verdict: .fails(repeated ?? model)))
      default: break
      }
    } catch {
      reasons.append(error)
    }
    if !all, !answers.isEmpty { return (answers, reasons) }
    do throws(Unfit) {
      guard question.isComplete else { throw Unfit("not all axioms are first-order") }
      switch tools.askCVC5(try question.refutable.smtlib()) {
      case .follows where question.refutable.coversEmptySorts:
        answers.append(Answer(tool: "cvc5", verdict: .holds(by: "cvc5")))
      case .fails(let sizes, let output):
        let words = sizes.map { "\($0.name) of \($0.value)" }.joined(separator: ", ")
        let model = Countermodel(name: words.isEmpty ? "a model" : words, toolOutput: output)
        answers.append(Answer(tool: "cvc5", verdict: .fails(repeated ?? model)))
      default: break
      }
    } catch {
      reasons.append(error)
    }
    return (answers, reasons)
  }
}
