import Kernel
import Proving

/// One argument that a head takes.
struct Parameter: Sendable {
  /// In normal form; the loose variable k stands for the argument k places before this one.
  let type: Term
  let typeClass: TypeClass
  /// Whether the type mentions no earlier argument.
  let isClosed: Bool
  /// The earlier argument that is the type, where it is just that.
  let carrier: Int?
  /// Whether the type of a later argument mentions this one.
  let isReferenced: Bool
}

/// A constant or bound variable that can begin a term, and what it takes to complete it.
final class Head: Sendable {
  let token: TermToken
  /// The head itself; nil for a bound variable, whose term is made where it is bound.
  let term: Term?
  let parameters: [Parameter]
  /// The type of the full application, in normal form; loose variables stand for the arguments.
  let result: Term
  let resultClass: TypeClass
  let resultIsClosed: Bool
  /// What a definition stands for, in normal form.
  let unfolding: Term?
  /// The one argument of sort `type` that is the type of other arguments, if that is all that
  /// depends on arguments.
  let carrierParameter: Int?

  init(
    token: TermToken, term: Term?, parameters: [Parameter], result: Term, resultClass: TypeClass,
    resultIsClosed: Bool, unfolding: Term?
  ) {
    self.token = token
    self.term = term
    self.parameters = parameters
    self.result = result
    self.resultClass = resultClass
    self.resultIsClosed = resultIsClosed
    self.unfolding = unfolding
    let carriers = Set(parameters.compactMap(\.carrier))
    let others = parameters.contains { !$0.isClosed && $0.carrier == nil }
    if carriers.count == 1, let carrier = carriers.first, !others,
      [.type, .equatedType].contains(parameters[carrier].typeClass)
    {
      carrierParameter = carrier
    } else {
      carrierParameter = nil
    }
  }

  /// A variable whose type takes no arguments.
  convenience init(ofVariable type: Term, _ typeClass: TypeClass) {
    self.init(
      token: .variable(level: 0), term: nil, parameters: [], result: type, resultClass: typeClass,
      resultIsClosed: true, unfolding: nil)
  }

  /// The same head under another name.
  func named(_ token: TermToken) -> Head {
    Head(
      token: token, term: nil, parameters: parameters, result: result, resultClass: resultClass,
      resultIsClosed: resultIsClosed, unfolding: nil)
  }

  /// Whether all that the head needs is seen from the classes of its types.
  var isSimple: Bool {
    resultIsClosed && resultClass != .function
      && parameters.indices.allSatisfy { index in
        let parameter = parameters[index]
        return parameter.isClosed && (!parameter.isReferenced || index == carrierParameter)
          || parameter.carrier != nil && parameter.carrier == carrierParameter
      }
  }

  var signature: Signature {
    Signature(result: resultClass, parameters: parameters.map(\.typeClass))
  }
}

/// What a bound variable adds to a context, as far as costs go.
struct Signature: Hashable, Sendable, Comparable {
  let result: TypeClass
  let parameters: [TypeClass]

  static func < (left: Signature, right: Signature) -> Bool {
    if left.result != right.result { return left.result < right.result }
    return left.parameters.lexicographicallyPrecedes(right.parameters)
  }
}

/// Reads heads off their types.
struct HeadReader {
  let arena: TermArena
  let normalizer: Normalizer

  /// The head of the given type; nil if a term of it could not be posed.
  func head(
    _ token: TermToken, term: Term?, type: Term, unfolding: Term? = nil
  ) -> Head? {
    var domains: [Term] = []
    var current = type
    while case .pi(let domain, let body) = arena.view(current) {
      domains.append(normalizer.normalize(domain, in: arena))
      current = body
    }
    let result = normalizer.normalize(current, in: arena)
    guard let resultClass = arena.typeClass(result) else { return nil }
    // A result such as ('p x) could be anything: matching it is a higher-order problem.
    if resultClass == .unknown, arena.node(result).tag != .variable { return nil }
    var parameters: [Parameter] = []
    for (index, domain) in domains.enumerated() {
      guard let parameter = parameter(domain, index, domains, token) else { return nil }
      parameters.append(parameter)
    }
    return Head(
      token: token, term: term, parameters: parameters, result: result, resultClass: resultClass,
      resultIsClosed: arena.node(result).looseBound == 0, unfolding: unfolding)
  }

  private func parameter(
    _ type: Term, _ index: Int, _ domains: [Term], _ token: TermToken
  ) -> Parameter? {
    guard var typeClass = arena.typeClass(type) else { return nil }
    if type == .prop { typeClass = .proposition }
    if type == .type, token == .constant(.equality) { typeClass = .equatedType }
    let node = arena.node(type)
    return Parameter(
      type: type, typeClass: typeClass, isClosed: node.looseBound == 0,
      carrier: node.tag == .variable ? index - 1 - Int(node.a) : nil,
      isReferenced: (index + 1..<domains.count).contains {
        arena.mentions(domains[$0], $0 - 1 - index)
      })
  }
}
