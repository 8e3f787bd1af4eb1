import Kernel
import PeanoSyntax
import Testing

/// The legacy dialect: what it repaired, with which note, and what it then means.
@Suite struct LegacyTests {
  static let preamble = """
    nat : type.
    z : nat.
    s : [nat -> nat].
    le : [nat -> nat -> prop].
    not : [prop -> prop].
    some : [('t : type) -> ['t -> prop] -> prop].

    """

  /// A file that needs one repair; the note's code, place and words; the file without need of it.
  struct Example: Sendable {
    let code: String
    let written: String
    let place: String
    let note: String
    let strict: String
  }

  static let examples = [
    Example(
      code: "L1", written: "a : [(n : nat) -> (le n n)].", place: "1:7",
      note: "lacks its leading quote", strict: "a : [('n : nat) -> (le 'n 'n)]."),
    Example(
      code: "L1", written: "a : [nat -> nat] = (lambda (n : nat) (s n)).", place: "1:29",
      note: "lacks its leading quote", strict: "a : [nat -> nat] = (lambda ('n : nat) (s 'n))."),
    Example(
      code: "L1", written: "a : [(z : nat) -> (le z z)].", place: "1:7",
      note: "lacks its leading quote", strict: "a : [('n : nat) -> (le 'n 'n)]."),
    Example(
      code: "L2", written: "a : [('n : nat) -> (le n z)].", place: "1:24", note: "is bound as `'n`",
      strict: "a : [('n : nat) -> (le 'n z)]."),
    Example(
      code: "L3", written: "a : [nat -> (nat -> nat)].", place: "1:13",
      note: "stands in round brackets", strict: "a : [nat -> [nat -> nat]]."),
    Example(
      code: "L3", written: "a : (('n : nat) -> nat -> (le 'n 'n)).", place: "1:5",
      note: "stands in round brackets", strict: "a : [('n : nat) -> nat -> (le 'n 'n)]."),
    Example(
      code: "L4", written: "a : [nat -> [(not (le z z))]].", place: "1:13", note: "holds no `->`",
      strict: "a : [nat -> (not (le z z))]."),
    Example(
      code: "L5", written: "a : prop.\na : [nat -> (le z z)].", place: "1:1",
      note: "declared again on line 8", strict: "a : [nat -> (le z z)]."),
    Example(
      code: "L6", written: "a : (le b z).\nb : nat.", place: "2:1",
      note: "its declaration is moved up", strict: "b : nat.\na : (le b z)."),
    Example(
      code: "L7", written: "a : [(le 'm z) -> (le z 'm)].", place: "1:10",
      note: "nothing binds `'m`: it becomes an input of type `nat`",
      strict: "a : [('m : nat) -> (le 'm z) -> (le z 'm)]."),
    Example(
      code: "L7", written: "a : (le 'm z).", place: "1:9", note: "an input of type `nat`",
      strict: "a : [('m : nat) -> (le 'm z)]."),
    Example(
      code: "L7", written: "a : [(= z 'm) -> (= 'm z)].", place: "1:11",
      note: "an input of type `nat`", strict: "a : [('m : nat) -> (= z 'm) -> (= 'm z)]."),
    Example(
      code: "L9", written: "let a : nat = (s z).", place: "1:1", note: "the word `let`",
      strict: "a : nat = (s z)."),
    Example(
      code: "L9", written: "axiom a : (le z z).", place: "1:1", note: "the word `axiom`",
      strict: "a : (le z z)."),
    Example(
      code: "L9", written: "assume (le z z).", place: "1:1", note: "an axiom without a name",
      strict: "assumption_7 : (le z z)."),
    Example(
      code: "L9", written: "a : (le z z).\nusing a, z.", place: "2:1", note: "the word `using`",
      strict: "a : (le z z)."),
  ]

  static func read(_ text: String, _ dialect: Dialect) throws -> ElaboratedFile {
    try elaborate(
      try parse(SourceFile(path: "test.p", text: preamble + text), dialect: dialect))
  }

  static func contents(_ file: ElaboratedFile) -> [[String]] {
    let arena = TermArena(file.theory.terms)
    return file.theory.declarations.map { declaration in
      var value = ""
      if case .definition(let body) = declaration.role {
        value = print(body, arena: arena, theory: file.theory)
      }
      return [
        declaration.name, print(declaration.type, arena: arena, theory: file.theory), value,
        "\(declaration.arity)",
      ]
    }
      + file.theorems.map { theorem in
        [
          theorem.name, print(theorem.statement, arena: arena, theory: file.theory),
          "\(theorem.arity)",
        ]
      }
  }

  /// Legacy reads what strict reads from the repaired file, and says so once; strict refuses, at
  /// the same line, and says that legacy would not.
  @Test(arguments: examples)
  func repairs(_ example: Example) throws {
    let legacy = try Self.read(example.written, .legacy)
    #expect(Self.contents(legacy) == Self.contents(try Self.read(example.strict, .strict)))
    try #require(legacy.repairs.count == 1, "\(legacy.repairs)")
    let note = legacy.repairs.notes[0]
    #expect(note.repair?.code == example.code)
    let place = "\(note.position.line - 6):\(note.position.column)"
    #expect(place == example.place, "\(note)")
    #expect(note.message.contains(example.note), "\(note)")
    #expect(note.description.contains("note \(example.code): ") && note.underline.contains("^"))
    #expect(!note.fix.contains("--dialect"))

    let refused = diagnostics(of: Self.preamble + example.written)
    try #require(!refused.isEmpty, "accepted: \(example.written)")
    #expect(refused[0].repair == nil && refused[0].description.contains(": error: "))
    #expect(refused[0].fix.contains("or read the file with --dialect legacy"), "\(refused[0])")
  }

  @Test func aStrictFileNeedsNoRepair() throws {
    for domain in Corpus.domains {
      let source = try Corpus.domain(domain)
      let legacy = try elaborate(try parse(source, dialect: .legacy))
      #expect(legacy.repairs.count == 0)
      #expect(Self.contents(legacy) == Self.contents(try elaborate(try parse(source))))
    }
    let restated = "prop : type.\n= : [('t : type) -> 't -> 't -> prop]."
    #expect(try Self.read(restated, .legacy).repairs.count == 0)
    #expect(try Self.read(restated, .strict).repairs.count == 0)
  }

  // MARK: Names

  @Test func aBareNameIsTheConstantIfThereIsOne() throws {
    // As in the original: `z` is zero, whatever 'z is.
    let file = try Self.read("a : [('z : nat) -> (le z 'z)].", .legacy)
    #expect(file.repairs.count == 0)
    #expect(Self.contents(file).last?[1] == "[('a0 : nat) -> (le z 'a0)]")
  }

  @Test func aBareBinderHidesTheConstant() throws {
    let file = try Self.read("a : [(z : nat) -> (le z z)].", .legacy)
    #expect(Self.contents(file).last?[1] == "[('a0 : nat) -> (le 'a0 'a0)]")
  }

  @Test func aQuotedUseOfABareBinderIsNotFree() throws {
    let file = try Self.read("a : [(n : nat) -> (le 'n n)].", .legacy)
    #expect(file.repairs.notes.map { $0.repair?.code } == ["L1", "L2"])
    #expect(Self.contents(file).last?[1] == "[('a0 : nat) -> (le 'a0 'a0)]")
  }

  // MARK: Strict text

  static let translated: [(String, String)] = [
    ("a : [(n : nat) -> (le n z)].", "a : [('n : nat) -> (le 'n z)]."),
    (
      "a : [(z : nat) -> ('z : nat) -> (le z 'z)].",
      "a : [('z : nat) -> ('z_ : nat) -> (le 'z 'z_)]."
    ),
    ("a : [('z : nat) -> (le z 'z)].", "a : [('z : nat) -> (le z 'z)]."),
    ("a : [('n : nat) -> (le n z)].", "a : [('n : nat) -> (le 'n z)]."),
    (
      "#forward a ((s n) : nat).\na : [(n : nat) -> [(le (s 'n) 'm)]].",
      "a : [('m : nat) -> ('n : nat) -> (le (s 'n) 'm)].\n#forward a ((s 'n) : nat)."
    ),
    (
      "a : [nat -> nat] = (lambda (n : nat) (let (m : nat = n) m)).",
      "a : [nat -> nat] = (lambda ('n : nat) (let ('m : nat = 'n) 'm))."
    ),
    ("#literal nat z s.\na : (le 2 b).\nb : nat.", "#literal nat z s.\nb : nat.\na : (le 2 b)."),
    ("theorem t : nat { }\nb : nat.", "b : nat."),
  ]

  static func patterns(_ file: ElaboratedFile) -> [String] {
    let arena = TermArena(file.theory.terms)
    func text(_ term: Term) -> String { print(term, arena: arena, theory: file.theory) }
    return file.forward.flatMap { annotation in
      annotation.patterns.map { "\($0.object.map(text) ?? "_") : \(text($0.type))" }
    }
  }

  /// The strict text of a legacy file declares the same theory, annotations included.
  @Test(arguments: translated)
  func translates(_ written: String, _ strict: String) throws {
    let legacy = try Self.read(written, .legacy)
    let text = try #require(legacy.strictText)
    #expect(text.hasSuffix("\n" + strict + "\n"), "\(text)")
    let again = try elaborate(try parse(SourceFile(path: "strict.p", text: text)))
    #expect(again.strictText == nil)
    #expect(
      Self.contents(again)
        == Array(Self.contents(legacy).prefix(legacy.theory.declarations.count)))
    #expect(Self.patterns(again) == Self.patterns(legacy))
    #expect(again.premises == legacy.premises)
    #expect(again.theory.literals.count == legacy.theory.literals.count)
  }

  // MARK: Free parameters

  static let inferred: [(String, String)] = [
    (
      "into : [(x : 't) -> ('p : ['t -> prop]) -> ('p x) -> (some 't 'p)].",
      "[('a0 : type) -> ('a1 : 'a0) -> ('a2 : ['a0 -> prop]) -> ('a2 'a1) -> (some 'a0 'a2)]"
    ),
    (
      "elim : [(g : (some 't 'p)) -> [(x : 't) -> ('p x) -> 'q] -> 'q].",
      "[('a0 : type) -> ('a1 : ['a0 -> prop]) -> ('a2 : prop) -> (some 'a0 'a1) -> "
        + "[('a3 : 'a0) -> ('a1 'a3) -> 'a2] -> 'a2]"
    ),
    ("self : ['p -> 'p].", "[('a0 : prop) -> 'a0 -> 'a0]"),
    (
      "all : [[('n : nat) -> (le 'n 'm)] -> (le 'k 'm)].",
      "[('a0 : nat) -> ('a1 : nat) -> [('a2 : nat) -> (le 'a2 'a0)] -> (le 'a1 'a0)]"
    ),
    (
      "deep : (not (not (le (s (s 'm)) 'n))).",
      "[('a0 : nat) -> ('a1 : nat) -> (not (not (le (s (s 'a0)) 'a1)))]"
    ),
    ("left : (= 'm (s z)).", "[('a0 : nat) -> (= 'a0 (s z))]"),
  ]

  @Test(arguments: inferred)
  func infersParameters(_ written: String, _ type: String) throws {
    let file = try Self.read(written, .legacy)
    #expect(Self.contents(file).last?[1] == type)
    #expect(file.repairs.notes.contains { $0.repair == .freeParameter })
    // The parameters count as inputs.
    let free = file.repairs.notes.count { $0.repair == .freeParameter }
    let written = try parse(SourceFile(path: "test.p", text: written), dialect: .legacy)
    guard case .declaration(let declaration) = written.items[0] else { return }
    var inputs = 0
    if case .arrow(let named, _, _) = declaration.type { inputs = named.count }
    #expect(file.theory.declarations.last?.arity == inputs + free)
  }

  static let uninferable: [(String, String)] = [
    // Nothing says what applies.
    ("a : [('f z) -> (le z z)].", "unknown bound name `'f`"),
    ("a : (= 'x 'y).", "unknown bound name `'x`"),
    // The type would mention a binder that is not in front.
    ("a : [('t : type) -> ('p : ['t -> prop]) -> ('p 'x)].", "unknown bound name `'x`"),
    ("a : nat = 'x.", "unknown bound name `'x`"),
    ("a : [(le 'm z) -> (not 'm)].", "wants an argument of type `prop`"),
    ("a : (not z).", "wants an argument of type `prop`"),
  ]

  @Test(arguments: uninferable)
  func refuses(_ written: String, _ message: String) throws {
    let source = SourceFile(path: "test.p", text: Self.preamble + written)
    let tree = try parse(source, dialect: .legacy)
    let error = #expect(throws: SyntaxError.self) { try elaborate(tree) }
    #expect(
      error?.diagnostics.first?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func manyFreeNamesAreRefusedNotGuessed() throws {
    let names = (0..<61).map { "'x\($0)" }
    let text = "a : [" + names.map { "(le \($0) z) -> " }.joined() + "(le z z)]."
    #expect(throws: SyntaxError.self) { try Self.read(text, .legacy) }
  }

  // MARK: Order

  @Test func circlesAndSelfUseStayErrors() throws {
    for text in ["a : (le b z).\nb : (le a z).", "a : nat = (s a)."] {
      #expect(throws: SyntaxError.self) { try Self.read(text, .legacy) }
    }
  }

  @Test func longChainsNeedNoStack() throws {
    let count = 20_000
    var text = ""
    for index in 0..<count { text += "c\(index) : nat = (s c\(index + 1)).\n" }
    text += "c\(count) : nat = z.\n"
    let source = SourceFile(path: "chain.p", text: Self.preamble + text)
    let names = onSmallStack {
      (try? elaborate(try parse(source, dialect: .legacy)))?.theory.declarations.map(\.name) ?? []
    }
    #expect(names.count == 9 + count + 1)
    #expect(names[9] == "c\(count)" && names.last == "c0")
  }

  @Test func notesAreCountedBeyondTheirBound() throws {
    var text = ""
    for index in 0..<1_500 { text += "let c\(index) : nat.\n" }
    let file = try Self.read(text, .legacy)
    #expect(file.repairs.count == 1_500)
    #expect(file.repairs.notes.count == 1_000)
  }

  @Test func everyRepairIsInTheTable() {
    #expect(Repair.allCases.map(\.code) == (1...11).map { "L\($0)" })
    #expect(Repair.allCases.allSatisfy { !$0.summary.written.isEmpty && !$0.summary.read.isEmpty })
  }
}
