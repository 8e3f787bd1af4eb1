import Kernel
import PeanoSyntax
import Randomness
import TestSupport
import Testing

@Suite struct PrintingTests {
  func load(_ name: String) throws -> (Theory, TermArena) {
    let theory = try elaborate(try parse(Corpus.domain(name))).theory
    return (theory, TermArena(theory.terms))
  }

  func term(
    _ text: String, _ theory: Theory, _ arena: TermArena,
    _ locals: [(name: String, term: Term)] = []
  ) throws -> Term {
    let source = SourceFile(path: "term", text: text)
    return try elaborate(
      try parseTerm(source), of: source, theory: theory, arena: arena, locals: locals)
  }

  @Test(
    arguments: [
      ("[('m : nat) -> [('n : nat) -> (= 'n 'm)]]", "[('a0 : nat) -> ('a1 : nat) -> (= 'a1 'a0)]"),
      ("[('m : nat) -> (= z z)]", "[nat -> (= z z)]"),
      (
        "[[('m : nat) -> (= 'm z)] -> ('m : nat) -> (= 'm z)]",
        "[[('a0 : nat) -> (= 'a0 z)] -> ('a0 : nat) -> (= 'a0 z)]"
      ),
      (
        "(lambda ('x : nat) (lambda ('y : nat) (+ 'y 'x)))",
        "(lambda ('a0 : nat, 'a1 : nat) (+ 'a1 'a0))"
      ),
      ("(let ('x : nat = (s z)) (+ 'x 'x))", "(let ('a0 : nat = (s z)) (+ 'a0 'a0))"),
      ("(= nat z z)", "(= z z)"), ("(= nat)", "(= nat)"), ("((= nat) z)", "((= nat) z)"),
      ("(= s s)", "(= s s)"), ("((s) z)", nil), ("(= prop (= z z) (= 0 7))", "(= (= z z) (= 0 7))"),
      ("[('p : [nat -> prop]) -> ('p z)]", "[('a0 : [nat -> prop]) -> ('a0 z)]"),
      ("prop", "prop"), ("[type -> prop]", "[type -> prop]"),
    ] as [(String, String?)])
  func isCanonical(_ written: String, _ printed: String?) throws {
    let (theory, arena) = try load("nat-mul")
    guard let printed else {
      #expect(throws: SyntaxError.self) { try term(written, theory, arena) }
      return
    }
    #expect(print(try term(written, theory, arena), arena: arena, theory: theory) == printed)
    #expect(try term(printed, theory, arena) == term(written, theory, arena))
  }

  @Test func namesOfLocalsAreAvoided() throws {
    let (theory, arena) = try load("nat-add")
    let local = arena.local(level: 7, type: try term("nat", theory, arena))
    let locals = [(name: "'a0", term: local)]
    let statement = try term("[('x : nat) -> (= 'x 'a0)]", theory, arena, locals)
    let text = print(statement, arena: arena, theory: theory, locals: locals)
    #expect(text == "[('a1 : nat) -> (= 'a1 'a0)]")
    #expect(try term(text, theory, arena, locals) == statement)
    // A hidden local is not given the name that would be read as another.
    let other = arena.local(level: 8, type: try term("nat", theory, arena))
    #expect(
      print(local, arena: arena, theory: theory, locals: [("'a0", local), ("'a0", other)])
        == "'?7")
  }

  @Test func hugeTermsAreCut() throws {
    let (theory, arena) = try load("nat-add")
    let plus = try term("+", theory, arena)
    var shared = try term("z", theory, arena)
    for _ in 0..<100 { shared = arena.application(plus, [shared, shared]) }
    #expect(print(shared, arena: arena, theory: theory) == "…")
    #expect(
      print(try term("(+ z (+ z z))", theory, arena), arena: arena, theory: theory, maximalSize: 4)
        == "…")
    let s = try term("s", theory, arena)
    var deep = try term("z", theory, arena)
    for _ in 0..<15_000 { deep = arena.application(s, deep) }
    let frozen = arena.freeze()
    let length = onSmallStack { [deep] in
      print(deep, arena: TermArena(frozen), theory: theory).utf8.count
    }
    #expect(length > 400 && length < 2_000)
  }

  /// Reading what was printed gives the same handle, and printing that gives the same text.
  @Test(arguments: Corpus.domains)
  func roundTripsRandomTerms(_ domain: String) throws {
    let (theory, arena) = try load(domain)
    var shapes: Set<String> = []
    try forAll(600) { stream in
      var generator = TermGenerator(theory: theory, arena: arena)
      let original = generator.statement(size: 3 + stream.uniform(below: 18), &stream)
      var checker = Checker(theory: theory, arena: arena)
      try checker.checkProposition(original)
      let text = print(original, arena: arena, theory: theory)
      let read = try term(text, theory, arena)
      try #require(read == original, "\(text)")
      try #require(print(read, arena: arena, theory: theory) == text)
      // The syntax tree of the text prints as the text.
      let syntax = try parseTerm(SourceFile(path: "term", text: text))
      try #require(syntax.description == text)
      shapes.insert(text)
    }
    #expect(shapes.count > 200, "only \(shapes.count) different terms")
  }
}

/// Random well-typed terms over a theory, in all forms of the syntax.
struct TermGenerator {
  let theory: Theory
  let arena: TermArena
  private var locals: [Term] = []

  init(theory: Theory, arena: TermArena) {
    self.theory = theory
    self.arena = arena
  }

  /// A closed proposition that binds an element of each declared type.
  mutating func statement(size: Int, _ stream: inout RandomStream) -> Term {
    for (index, declaration) in theory.declarations.enumerated() where declaration.type == .type {
      locals.append(arena.local(level: locals.count, type: arena.constant(ConstantID(index))))
    }
    var result = arena.abstract(proposition(size: size, &stream), over: locals)
    for local in locals.reversed() {
      guard case .local(_, let type) = arena.view(local) else { preconditionFailure() }
      result = arena.pi(type, result)
    }
    return result
  }

  /// A proposition of about `size` nodes.
  mutating func proposition(size: Int, _ stream: inout RandomStream) -> Term {
    if size <= 1 { return element(of: .prop, size: 1, &stream) }
    switch stream.uniform(below: 6) {
    case 0:
      return arena.arrow(
        proposition(size: size / 2, &stream), proposition(size: size / 2, &stream))
    case 1, 2:
      let domain = domain(&stream)
      let body = under(domain, &stream) { generator, stream in
        generator.proposition(size: size - 2, &stream)
      }
      return arena.pi(domain, body)
    case 3:
      let type = domain(&stream)
      let pair = (0..<2).map { _ in element(of: type, size: size / 2, &stream) }
      return arena.equality(type, pair[0], pair[1])
    default:
      return element(of: .prop, size: size, &stream)
    }
  }

  /// A type to quantify over: a declared one, `prop`, or a type of functions.
  private func domain(_ stream: inout RandomStream) -> Term {
    var choices: [Term] = [.prop, .prop]
    for (index, declaration) in theory.declarations.enumerated() where declaration.type == .type {
      choices += Array(repeating: arena.constant(ConstantID(index)), count: 4)
    }
    let first = choices[stream.uniform(below: choices.count)]
    if stream.uniform(below: 5) > 0 { return first }
    return arena.arrow(first, choices[stream.uniform(below: choices.count)])
  }

  private mutating func element(
    of type: Term, size: Int, _ stream: inout RandomStream
  ) -> Term {
    if case .pi(let domain, let body) = arena.view(type) {
      return arena.lambda(
        domain,
        under(domain, &stream) { generator, stream in
          generator.element(of: body, size: size - 1, &stream)
        })
    }
    if size > 3, stream.uniform(below: 8) == 0 {
      // A local definition, or an applied lambda.
      let bound = domain(&stream)
      let value = element(of: bound, size: size / 2, &stream)
      let body = under(bound, &stream) { generator, stream in
        generator.element(of: type, size: size / 2, &stream)
      }
      return stream.uniform(below: 2) == 0
        ? arena.definition(type: bound, value: value, body: body)
        : arena.application(arena.lambda(bound, body), value)
    }
    if let family = theory.literals.firstIndex(where: { $0.type == type }),
      stream.uniform(below: 4) == 0
    {
      let value = stream.next() >> UInt64(stream.uniform(below: 64))
      return arena.literal(family: family, value: Natural(value))
    }
    var heads: [(term: Term, inputs: [Term])] = []
    for (index, declaration) in theory.declarations.enumerated().dropFirst(3) {
      heads.append((arena.constant(ConstantID(index)), inputs(of: declaration.type, giving: type)))
    }
    for local in locals {
      guard case .local(_, let its) = arena.view(local) else { preconditionFailure("no local") }
      heads.append((local, inputs(of: its, giving: type)))
    }
    heads.removeAll { $0.inputs == [.kind] || (size <= 1 && !$0.inputs.isEmpty) }
    if heads.isEmpty {
      // Nothing small has this type: every proposition can be had as an equality.
      if type == .prop { return arena.equality(.prop, falsity, falsity) }
      preconditionFailure("no element of \(arena.view(type))")
    }
    let head = heads[stream.uniform(below: heads.count)]
    return arena.application(
      head.term,
      head.inputs.map { element(of: $0, size: (size - 1) / head.inputs.count, &stream) })
  }

  /// `Πp:prop. p`
  private var falsity: Term { arena.pi(.prop, arena.variable(0)) }

  /// The inputs of a function whose output is `type`; `[kind]` if it has another, or if they depend
  /// on one another.
  private func inputs(of function: Term, giving type: Term) -> [Term] {
    var inputs: [Term] = []
    var output = function
    while output != type {
      guard case .pi(let domain, let body) = arena.view(output),
        arena.node(body).looseBound == 0, arena.node(domain).looseBound == 0
      else { return [.kind] }
      inputs.append(domain)
      output = body
    }
    return inputs
  }

  private mutating func under(
    _ domain: Term, _ stream: inout RandomStream,
    _ body: (inout TermGenerator, inout RandomStream) -> Term
  ) -> Term {
    let local = arena.local(level: locals.count, type: domain)
    locals.append(local)
    defer { locals.removeLast() }
    return arena.abstract(body(&self, &stream), over: [local])
  }
}
