import Kernel

/// Resolves annotations once all declarations of a file are known.
struct AnnotationReader {
  private var elaborator: TermElaborator
  private let inputNames: [String: [String?]]
  var repairs: RepairLog { elaborator.repairs }
  private(set) var forward: [ForwardAnnotation] = []
  private(set) var backward: [BackwardAnnotation] = []
  private(set) var premises: [String]?

  init(elaborator: TermElaborator, inputNames: [String: [String?]]) {
    self.elaborator = elaborator
    self.inputNames = inputNames
  }

  mutating func read(_ annotation: SyntaxAnnotation) throws(SyntaxError) {
    switch annotation.kind {
    case .literal, .computable: break
    case .premises(let names): try readPremises(names, annotation.range)
    case .backward(let name, let modes): try readBackward(name, modes)
    case .forward(let name, let patterns): try readForward(name, patterns)
    }
  }

  private mutating func readPremises(
    _ names: [SyntaxName], _ range: SourceRange
  ) throws(SyntaxError) {
    if premises != nil {
      throw elaborator.error(
        "a second #premises line", fix: "list all premises in one line", range)
    }
    var seen: Set<String> = []
    for name in names {
      if !Vocabulary.allRules.contains(name.text) {
        _ = try constant(name, alsoKnown: Vocabulary.allRules)
      }
      guard seen.insert(name.text).inserted else {
        throw elaborator.error("`\(name.text)` is listed twice", fix: "remove one", name.range)
      }
    }
    premises = names.map(\.text)
  }

  private mutating func readBackward(
    _ name: SyntaxName, _ modes: [InputMode]
  ) throws(SyntaxError) {
    let constant = try constant(name)
    if backward.contains(where: { $0.constant == constant }) {
      throw elaborator.error(
        "a second #backward line for `\(name.text)`", fix: "remove one", name.range)
    }
    let arity = elaborator.theory[constant].arity
    guard modes.isEmpty || modes.count == arity else {
      throw elaborator.error(
        "\(modes.count) modes for the \(arity) inputs of `\(name.text)`",
        fix: "write infer or subgoal for each input, or none for all subgoal", name.range)
    }
    let filled = modes.isEmpty ? Array(repeating: .subgoal, count: arity) : modes
    backward.append(BackwardAnnotation(constant: constant, modes: filled))
  }

  private mutating func readForward(
    _ name: SyntaxName, _ patterns: [SyntaxPattern]
  ) throws(SyntaxError) {
    let constant = try constant(name)
    if forward.contains(where: { $0.constant == constant }) {
      throw elaborator.error(
        "a second #forward line for `\(name.text)`", fix: "write all patterns in one line",
        name.range)
    }
    let inputs = inputNames[name.text] ?? []
    let arena = elaborator.arena
    var opened: [Term] = []
    var domains: [Term] = []
    var type = elaborator.theory[constant].type
    while opened.count < inputs.count, case .pi(let domain, let body) = arena.view(type) {
      domains.append(domain)
      opened.append(elaborator.open(domain))
      type = arena.instantiate(body, with: opened.last!)
    }
    elaborator.locals = []
    for (input, local) in zip(inputs, opened) {
      if let input { elaborator.locals.append((input, local)) }
    }
    defer { elaborator.locals = [] }
    var resolved: [ForwardPattern] = []
    for pattern in patterns {
      let (type, sort) = try elaborator.elaborateType(pattern.type)
      var object: Term?
      var input: Int?
      if let written = pattern.object {
        object = try elaborator.elaborate(written, against: type)
      } else {
        input = try self.input(of: domains, proving: type, sort, pattern, name)
      }
      resolved.append(
        ForwardPattern(
          object: object.map { arena.abstract($0, over: opened) },
          type: arena.abstract(type, over: opened), input: input))
    }
    forward.append(ForwardAnnotation(constant: constant, patterns: resolved))
  }

  /// The input that a hypothesis pattern fills.
  private func input(
    of domains: [Term], proving type: Term, _ sort: Sort, _ pattern: SyntaxPattern,
    _ name: SyntaxName
  ) throws(SyntaxError) -> Int {
    guard sort == .prop else {
      throw elaborator.error(
        "a pattern `'_` needs a proposition", fix: "give objects a shape: ((f 'x) : T)",
        pattern.range)
    }
    guard let index = domains.firstIndex(of: type) else {
      throw elaborator.error(
        "no input of `\(name.text)` is a proof of `\(pattern.type)`",
        fix: "repeat the type of one of its inputs", pattern.range)
    }
    return index
  }

  private func constant(
    _ name: SyntaxName, alsoKnown: [String] = []
  ) throws(SyntaxError) -> ConstantID {
    let theory = elaborator.theory
    if let constant = theory.constant(named: name.text) { return constant }
    if elaborator.pending.failed.contains(name.text) {
      throw elaborator.unknownName(name.text, name.range)
    }
    throw elaborator.error(
      "unknown name `\(name.text)`",
      fix: suggestion(for: name.text, among: theory.declarations.map(\.name) + alsoKnown)
        ?? "name an axiom or definition of this file", name.range)
  }
}
