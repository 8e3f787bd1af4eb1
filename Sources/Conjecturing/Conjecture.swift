public import Kernel
public import Proving

/// A closed statement in prefix notation.
///
/// Tokens name bound variables by level, so two conjectures are equal exactly if their statements
/// are equal up to the names of bound variables.
public struct Conjecture: Sendable {
  public let tokens: [TermToken]
  /// Arguments of each constant of the theory, as many as its type shows.
  let arities: [Int]

  init(tokens: [TermToken], arities: [Int]) {
    self.tokens = tokens
    self.arities = arities
  }

  /// The conjecture that states `statement`.
  ///
  /// Nil where tokens cannot say it: numerals, `let`, redexes and terms higher than 1,000.
  ///
  /// - Precondition: `statement` is closed and well typed.
  public init?(statement: Term, in arena: TermArena, theory: Theory) {
    let arities = Conjecture.arities(of: theory, in: arena)
    guard let tokens = TokenWriter.tokens(of: statement, in: arena, arities: arities) else {
      return nil
    }
    self.init(tokens: tokens, arities: arities)
  }

  /// The statement as a term; the inverse of `init(statement:in:theory:)`.
  ///
  /// - Precondition: `arena` extends the theory of the conjecture.
  public func statement(in arena: TermArena) -> Term {
    var reader = TokenReader(tokens: tokens, arena: arena, constantArities: arities)
    let term = reader.term()
    precondition(reader.position == tokens.count, "tokens are left after the statement")
    return term
  }

  /// Arguments that the types of the constants show, in the order of declaration.
  static func arities(of theory: Theory, in arena: TermArena) -> [Int] {
    theory.declarations.map { arena.productCount($0.type) }
  }
}

extension Conjecture: Hashable {
  public static func == (left: Conjecture, right: Conjecture) -> Bool {
    left.tokens == right.tokens
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(tokens) }
}

extension TermArena {
  /// Number of binders at the head of a type.
  func productCount(_ type: Term) -> Int {
    var count = 0
    var current = node(type)
    while current.tag == .pi {
      count += 1
      current = node(Term(id: current.b))
    }
    return count
  }
}

/// Writes terms as tokens.
struct TokenWriter {
  static let maximalHeight = 1_000

  private let arena: TermArena
  private let constantArities: [Int]
  /// Level of the outermost binder that is written; locals lie below.
  private let base: Int
  /// Arguments of the variables whose binders are open.
  private var arities: [Int] = []
  private var tokens: [TermToken] = []

  /// The tokens of `term`, whose own binders get the levels from `base` on; nil if it has none.
  static func tokens(
    of term: Term, in arena: TermArena, arities: [Int], base: Int = 0
  ) -> [TermToken]? {
    guard Int(arena.node(term).depth) <= maximalHeight else { return nil }
    var writer = TokenWriter(arena: arena, constantArities: arities, base: base)
    return writer.write(term) ? writer.tokens : nil
  }

  private init(arena: TermArena, constantArities: [Int], base: Int) {
    self.arena = arena
    self.constantArities = constantArities
    self.base = base
  }

  private mutating func write(_ term: Term) -> Bool {
    let (head, arguments) = arena.spine(term)
    switch arena.view(head) {
    case .sort(let sort):
      tokens.append(.sort(sort))
    case .constant(let constant):
      note(constantArities[Int(constant.index)], arguments.count)
      tokens.append(.constant(constant))
    case .variable(let index):
      let position = arities.count - 1 - index
      note(arities[position], arguments.count)
      tokens.append(.variable(level: base + position))
    case .local(let level, let type):
      note(arena.productCount(type), arguments.count)
      tokens.append(.variable(level: level))
    case .pi(let domain, let body):
      return arguments.isEmpty && write(.pi, domain, body)
    case .lambda(let domain, let body):
      return arguments.isEmpty && write(.lambda, domain, body)
    case .literal, .definition, .application:
      return false
    }
    return arguments.allSatisfy { write($0) }
  }

  private mutating func write(_ binder: TermToken, _ domain: Term, _ body: Term) -> Bool {
    tokens.append(binder)
    guard write(domain) else { return false }
    arities.append(arena.productCount(domain))
    defer { arities.removeLast() }
    return write(body)
  }

  private mutating func note(_ arity: Int, _ count: Int) {
    if arity != count { tokens.append(.partial(count)) }
  }
}

/// Reads terms from tokens.
struct TokenReader {
  let tokens: [TermToken]
  let arena: TermArena
  let constantArities: [Int]
  private(set) var position = 0
  private var arities: [Int] = []

  init(tokens: [TermToken], arena: TermArena, constantArities: [Int]) {
    self.tokens = tokens
    self.arena = arena
    self.constantArities = constantArities
  }

  mutating func term() -> Term {
    let token = next()
    switch token {
    case .pi, .lambda:
      let domain = term()
      arities.append(arena.productCount(domain))
      defer { arities.removeLast() }
      let body = term()
      return token == .pi ? arena.pi(domain, body) : arena.lambda(domain, body)
    case .sort(let sort):
      return arena.sort(sort)
    case .partial(let count):
      return application(head(next()).term, count)
    case .constant, .variable:
      let (head, arity) = head(token)
      return application(head, arity)
    case .digit:
      preconditionFailure("a conjecture has no numerals")
    }
  }

  private mutating func next() -> TermToken {
    precondition(position < tokens.count, "the statement ends after \(position) tokens")
    defer { position += 1 }
    return tokens[position]
  }

  private func head(_ token: TermToken) -> (term: Term, arity: Int) {
    switch token {
    case .constant(let constant):
      return (arena.constant(constant), constantArities[Int(constant.index)])
    case .variable(let level):
      precondition(level < arities.count, "no binder of level \(level) is open")
      return (arena.variable(arities.count - 1 - level), arities[level])
    default:
      preconditionFailure("\(token) is no head")
    }
  }

  private mutating func application(_ head: Term, _ count: Int) -> Term {
    var result = head
    for _ in 0..<count { result = arena.application(result, term()) }
    return result
  }
}
