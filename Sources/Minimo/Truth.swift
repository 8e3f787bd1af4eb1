import Kernel
import PeanoSyntax
public import Truth

extension Domain {
  /// Looks for models of the axioms; what it returns classifies any number of statements.
  public var truthMeter: TruthMeter { TruthMeter(space.theory) }

  /// Classifies a statement of this domain, see `TruthMeter`.
  ///
  ///     let verdict = try domain.classify("[('a : G) -> (= (op 'a 'a) id)]")
  ///     if case .fails(let model) = verdict { print(model.name, model.assignment) }
  ///
  /// - Parameters:
  ///   - meter: what `truthMeter` returned, for more than one statement.
  ///   - crossCheck: ask all provers, also about what evaluation decides.
  /// - Throws: `.syntax` unless it is a proposition of the domain; `.contradiction` if a prover and
  ///   a model, or two provers, contradict one another; `.interrupted` if the tools were cancelled.
  public func classify(
    _ statement: String, with meter: TruthMeter? = nil, tools: TruthTools = TruthTools(),
    crossCheck: Bool = false
  ) throws(MinimoError) -> Verdict {
    let (term, arena) = try term(statement)
    let verdict: Verdict
    do {
      verdict = try (meter ?? truthMeter).classify(
        term, in: arena, tools: tools, crossCheck: crossCheck)
    } catch {
      let denial =
        error.failsBy.map { "\($0) that it is false" }
        ?? "but it is false in \(error.countermodel)"
      throw .contradiction("\(error.holdsBy) says that \(statement) is true, \(denial)")
    }
    if tools.isCancelled() { throw .interrupted }
    return verdict
  }

  /// Why a statement is open however much time there is; nil if more time may help.
  ///
  /// - Throws: `.syntax` unless it is a proposition of the domain.
  public func limit(
    on statement: String, with meter: TruthMeter? = nil
  ) throws(MinimoError) -> String? {
    let (term, arena) = try term(statement)
    return (meter ?? truthMeter).limit(on: term, in: arena)
  }

  /// Who found that the axioms contradict one another, so that every statement is true; nil if
  /// nobody did.
  ///
  /// - Throws: `.interrupted` if the tools were cancelled.
  public func inconsistency(
    with meter: TruthMeter? = nil, tools: TruthTools = TruthTools()
  ) throws(MinimoError) -> String? {
    let prover = (meter ?? truthMeter).inconsistency(tools: tools)
    if tools.isCancelled() { throw .interrupted }
    return prover
  }

  /// The statement and its axioms as a problem for an external tool, in TPTP or negated in SMT-LIB.
  ///
  /// - Throws: `.syntax` as `classify`; `.usage` if it does not fit first-order logic.
  public func firstOrderText(
    _ statement: String, in language: FirstOrderLanguage, with meter: TruthMeter? = nil
  ) throws(MinimoError) -> String {
    let (term, arena) = try term(statement)
    do {
      let meter = meter ?? truthMeter
      return switch language {
      case .tptp: try meter.tptp(term, in: arena)
      case .smtlib: try meter.smtlib(term, in: arena)
      }
    } catch {
      throw .usage("\(statement) does not fit first-order logic: \(error)")
    }
  }

  /// The statement as it is printed, with the variable names that a countermodel refers to.
  ///
  /// - Throws: `.syntax` unless it is a proposition of the domain.
  public func canonicalText(of statement: String) throws(MinimoError) -> String {
    let (term, arena) = try term(statement)
    return print(term, arena: arena, theory: space.theory)
  }

  private func term(_ text: String) throws(MinimoError) -> (Term, TermArena) {
    let arena = space.makeArena()
    let source = SourceFile(path: "statement", text: text)
    do throws(SyntaxError) {
      let term = try elaborate(
        parseTerm(source), of: source, theory: space.theory, arena: arena, locals: [])
      return (term, arena)
    } catch {
      throw .syntax(error)
    }
  }
}

/// A language that provers read.
public enum FirstOrderLanguage: String, CaseIterable, Sendable {
  case tptp, smtlib
}

extension Verdict {
  /// `true`, `false`, `open` or `unfit`.
  public var word: String {
    switch self {
    case .holds: "true"
    case .fails: "false"
    case .open: "open"
    case .unfit: "unfit"
    }
  }

  /// Who or what decided, or why nothing did; nil for open.
  public var reason: String? {
    switch self {
    case .holds(let prover): prover
    case .fails(let model): model.description
    case .open: nil
    case .unfit(let reason): reason
    }
  }
}

extension Countermodel: CustomStringConvertible {
  /// The structure and the values, such as `Z3 with 'a0 = 1`.
  public var description: String {
    if assignment.isEmpty { return name }
    return name + " with " + assignment.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
  }
}
