import Kernel
import Proving

/// What the next tokens must spell.
enum Expectation {
  /// A term of this type, in normal form.
  case term(type: Term, typeClass: TypeClass)
  /// The domain of a binder: a carrier type or a proposition.
  case domain
  /// Exactly these tokens, from `position` on; they spell `value`.
  case spelled([TermToken], position: Int, value: Term)

  static let proposition = Expectation.term(type: .prop, typeClass: .proposition)
  static let carrier = Expectation.term(type: .type, typeClass: .type)
}

/// A term that has begun and is not complete.
enum Frame {
  case application(Application)
  case binder(Binder)

  struct Application {
    let head: Head
    /// The type of the head where it is a bound variable.
    let headType: Term?
    /// Determined by the wanted type, or decoded and kept because something mentions it.
    var arguments: [Term?]
    /// The argument that is being decoded.
    var index = 0
    /// Whether the value of the application will be used.
    let keepsValue: Bool
    /// Least number of tokens of the later arguments.
    var rest = 0
  }

  struct Binder {
    var bindsHypothesis = false
    /// Known in the body, if it will be used.
    var domain: Term?
    var isInBody = false
    let keepsValue: Bool
    /// The context outside.
    let outerCosts: CostTable
    let outerContext: Int
    /// Least number of tokens of the body while the domain is decoded.
    var rest = 0
  }
}

/// A bound variable in scope.
struct Bound {
  /// Nil for a hypothesis that nothing can use.
  let head: Head?
  let type: Term?
}

/// One reading of the tokens so far.
///
/// A pushdown automaton: frames wait for the expected term to be complete.
struct Configuration {
  var frames: [Frame] = []
  /// Nil when the statement is complete.
  var expectation: Expectation?
  var context: [Bound] = []
  var costs: CostTable
  /// The number of the context in the scratch memory; kept up where a search needs it.
  var contextNumber = 0
  /// Least number of tokens that the frames need after the expected term.
  var rest = 0

  /// No completion has fewer tokens; exact for simple theories.
  var lowerBound: Int {
    switch expectation {
    case nil: rest
    case .term(_, let typeClass): rest + costs[typeClass]
    case .domain: rest + costs.domainAndBody
    case .spelled(let tokens, let position, _): rest + tokens.count - position
    }
  }

  /// Whether the frames use the value of the expected term.
  var needsValue: Bool {
    switch frames.last {
    case nil: false
    case .application(let frame):
      frame.keepsValue || frame.head.parameters[frame.index].isReferenced
    case .binder(let frame): frame.isInBody ? frame.keepsValue : true
    }
  }

  // MARK: Taking a token

  /// The readings after one more token; none if it does not fit.
  func advanced(by token: TermToken, _ scratch: Scratch) -> [Configuration] {
    switch expectation {
    case nil:
      return []
    case .spelled(let tokens, let position, let value):
      guard tokens[position] == token else { return [] }
      var next = self
      if position + 1 < tokens.count {
        next.expectation = .spelled(tokens, position: position + 1, value: value)
      } else {
        next.complete(value, scratch)
      }
      return [next]
    case .domain:
      return inDomain(ofHypothesis: true, scratch).advanced(by: token, scratch)
        + inDomain(ofHypothesis: false, scratch).advanced(by: token, scratch)
    case .term(let type, let typeClass):
      if token == .pi {
        return typeClass == .proposition
          ? [enteringBinder(scratch)] : enteringFunctionType(typeClass, scratch)
      }
      var next = self
      if token == .sort(.prop) {
        guard offersPropositions(typeClass, scratch.grammar) else { return [] }
        next.complete(.prop, scratch)
        return [next]
      }
      return next.begin(token, type, typeClass, scratch) ? [next] : []
    }
  }

  private func offersPropositions(_ typeClass: TypeClass, _ grammar: ConjectureGrammar) -> Bool {
    grammar.carriers.includesPropositions
      && (typeClass == .type || typeClass == .equatedType && grammar.options.equatesPropositions)
  }

  /// A binder's domain, decided to be a hypothesis or a carrier.
  func inDomain(ofHypothesis: Bool, _ scratch: Scratch) -> Configuration {
    guard case .binder(var binder) = frames.last else {
      preconditionFailure("a domain without a binder")
    }
    let grammar = scratch.grammar
    binder.bindsHypothesis = ofHypothesis
    binder.rest =
      ofHypothesis && !grammar.wantsProofs ? costs[.proposition] : grammar.costs.floor
    var next = self
    next.rest += binder.rest
    next.frames[frames.count - 1] = .binder(binder)
    next.expectation = ofHypothesis ? .proposition : .carrier
    return next
  }

  private func enteringBinder(_ scratch: Scratch) -> Configuration {
    var next = self
    next.frames.append(
      .binder(
        Frame.Binder(
          keepsValue: needsTerm(scratch.grammar), outerCosts: costs, outerContext: contextNumber)))
    next.expectation = .domain
    return next
  }

  private func enteringFunctionType(
    _ typeClass: TypeClass, _ scratch: Scratch
  ) -> [Configuration] {
    guard typeClass == .type || typeClass == .equatedType else { return [] }
    return scratch.grammar.carriers.functions.compactMap { function in
      var next = self
      return next.spell(function, scratch) ? next : nil
    }
  }

  /// Takes the first token of a function type. Which one it is is settled now, so what follows is
  /// bounded as if it were complete.
  private mutating func spell(_ function: Carriers.FunctionType, _ scratch: Scratch) -> Bool {
    switch frames.last {
    case .application(var application):
      rest -= application.rest
      application.arguments[application.index] = function.type
      guard beginArgument(application, scratch) else { return false }
    case .binder(var binder):
      rest -= binder.rest
      binder.rest =
        scratch.grammar.costs.table(costs, adding: function.head.signature)[.proposition]
      rest += binder.rest
      frames[frames.count - 1] = .binder(binder)
      guard let tokens = spelling(function.type, scratch) else { return false }
      expectation = .spelled(tokens, position: 0, value: function.type)
    case nil:
      return false
    }
    return skipToken()
  }

  private mutating func skipToken() -> Bool {
    guard case .spelled(let tokens, let position, let value) = expectation else { return false }
    expectation = .spelled(tokens, position: position + 1, value: value)
    return true
  }

  private func spelling(_ term: Term, _ scratch: Scratch) -> [TermToken]? {
    TokenWriter.tokens(
      of: term, in: scratch.arena, arities: scratch.grammar.arities, base: context.count)
  }

  /// As `needsValue`, but the domain of a hypothesis is needed only where proofs are wanted.
  func needsTerm(_ grammar: ConjectureGrammar) -> Bool {
    if case .binder(let frame) = frames.last, !frame.isInBody, frame.bindsHypothesis {
      return grammar.wantsProofs
    }
    return needsValue
  }

  /// Begins an application of `token`, unless its result is of another type.
  private mutating func begin(
    _ token: TermToken, _ type: Term, _ typeClass: TypeClass, _ scratch: Scratch
  ) -> Bool {
    let head: Head
    var headType: Term?
    switch token {
    case .constant(let constant):
      guard let found = scratch.grammar.heads[Int(constant.index)] else { return false }
      // Also refuses heads that are not offered at this class.
      guard scratch.grammar.headsOfClass[typeClass.index].contains(where: { $0 === found }) else {
        return false
      }
      head = found
    case .variable(let level):
      guard level < context.count, let found = context[level].head,
        Configuration.accepts(typeClass, found)
      else { return false }
      head = found
      headType = context[level].type
    default:
      return false
    }
    let keepsValue = needsTerm(scratch.grammar)
    if head.parameters.isEmpty {
      guard head.resultIsClosed, head.result == type else { return false }
      complete(keepsValue ? scratch.apply(head, type: headType, []) : nil, scratch)
      return true
    }
    guard let arguments = scratch.match(head, type) else { return false }
    let application = Frame.Application(
      head: head, headType: headType, arguments: arguments, keepsValue: keepsValue)
    frames.append(.application(application))
    return beginArgument(application, scratch)
  }

  static func accepts(_ typeClass: TypeClass, _ variable: Head) -> Bool {
    switch variable.resultClass {
    case typeClass: true
    case .flatProposition: typeClass == .proposition
    // A hypothesis such as ΠP. P, which proves anything.
    case .unknown: typeClass >= .function
    default: false
    }
  }

  /// Expects the argument `index` of the application on top.
  private mutating func beginArgument(
    _ application: Frame.Application, _ scratch: Scratch
  ) -> Bool {
    var application = application
    let index = application.index
    application.rest = 0
    for later in index + 1..<application.head.parameters.count {
      application.rest += leastCost(application, later, scratch)
    }
    rest += application.rest
    frames[frames.count - 1] = .application(application)
    if let value = application.arguments[index] {
      guard let tokens = spelling(value, scratch) else { return false }
      expectation = .spelled(tokens, position: 0, value: value)
      return true
    }
    let parameter = application.head.parameters[index]
    if parameter.isClosed {
      expectation = .term(type: parameter.type, typeClass: parameter.typeClass)
      return true
    }
    let type =
      parameter.carrier.map { application.arguments[$0]! }
      ?? scratch.instantiate(parameter.type, application.arguments[..<index].map { $0 ?? .kind })
    guard let typeClass = scratch.typeClass(type) else { return false }
    expectation = .term(type: type, typeClass: typeClass)
    return true
  }

  /// Least number of tokens of the argument `index`, given what is known of the others.
  func leastCost(_ application: Frame.Application, _ index: Int, _ scratch: Scratch) -> Int {
    let parameter = application.head.parameters[index]
    if scratch.grammar.isSimple, application.arguments[index] == nil {
      guard let carrier = parameter.carrier else { return costs[parameter.typeClass] }
      guard let type = application.arguments[carrier] else { return 1 }
      return scratch.typeClass(type).map { costs[$0] } ?? CostTable.infinite
    }
    return leastArgument(application.head, application.arguments, index, scratch)
  }

  // MARK: Completing terms

  /// Hands the value of a complete term to the frame that waits for it, and goes on from there.
  mutating func complete(_ value: Term?, _ scratch: Scratch) {
    var value = value
    while let frame = frames.last {
      switch frame {
      case .application(var application):
        rest -= application.rest
        application.rest = 0
        application.arguments[application.index] = value ?? application.arguments[application.index]
        application.index += 1
        if application.index < application.head.parameters.count {
          if !beginArgument(application, scratch) { rest = CostTable.infinite }
          return
        }
        frames.removeLast()
        value =
          application.keepsValue
          ? scratch.apply(application.head, type: application.headType, application.arguments)
          : nil
      case .binder(let binder):
        if !binder.isInBody {
          bind(value, binder, scratch)
          return
        }
        frames.removeLast()
        value = binder.keepsValue ? close(binder, body: value, scratch) : nil
        context.removeLast()
        costs = binder.outerCosts
        contextNumber = binder.outerContext
      }
    }
    expectation = nil
  }

  private mutating func bind(_ domain: Term?, _ binder: Frame.Binder, _ scratch: Scratch) {
    let grammar = scratch.grammar
    var binder = binder
    rest -= binder.rest
    binder.rest = 0
    binder.domain = domain
    binder.isInBody = true
    frames[frames.count - 1] = .binder(binder)
    expectation = .proposition
    let isUsable = !binder.bindsHypothesis || grammar.wantsProofs
    let head = isUsable ? head(ofVariable: context.count, type: domain!, scratch) : nil
    context.append(Bound(head: head, type: domain))
    if let head { costs = grammar.costs.table(costs, adding: head.signature) }
    if !grammar.isSimple {
      contextNumber = scratch.context(
        contextNumber, binding: domain, isHypothesis: binder.bindsHypothesis)
    }
  }

  private func head(ofVariable level: Int, type: Term, _ scratch: Scratch) -> Head? {
    let token = TermToken.variable(level: level)
    if let variable = scratch.grammar.carriers.variable(of: type) { return variable.named(token) }
    return HeadReader(arena: scratch.arena, normalizer: scratch.grammar.normalizer)
      .head(token, term: nil, type: type)
  }

  private func close(_ binder: Frame.Binder, body: Term?, _ scratch: Scratch) -> Term? {
    guard let domain = binder.domain, let body else { return nil }
    let arena = scratch.arena
    let local = arena.local(level: context.count - 1, type: domain)
    return arena.pi(domain, arena.abstract(body, over: [local]))
  }
}
