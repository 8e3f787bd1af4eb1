import Kernel
import Proving
import Synchronization

/// The least number of tokens of a term of each class in one kind of context.
///
/// Exact for simple theories; with indices left out, a lower bound for the others.
final class CostTable: Sendable {
  /// More than any statement has: there is none. Sums of a few do not overflow.
  static let infinite = 1 << 40

  /// By class.
  let costs: [Int]
  /// By constant: of an application, the head included.
  let headCosts: [Int]
  /// Of a binder domain and what follows it.
  let domainAndBody: Int
  /// What the bound variables of the context are, without repetition, in order.
  let shape: [Signature]

  init(costs: [Int], headCosts: [Int], domainAndBody: Int, shape: [Signature]) {
    self.costs = costs
    self.headCosts = headCosts
    self.domainAndBody = domainAndBody
    self.shape = shape
  }

  subscript(typeClass: TypeClass) -> Int { costs[typeClass.index] }

  /// Of an application of `head`.
  func cost(of head: Head) -> Int {
    if case .constant(let constant) = head.token { return headCosts[Int(constant.index)] }
    return head.parameters.reduce(1) { $0 + costs[$1.typeClass.index] }
  }
}

/// The cost tables met so far, shared by all processes of a grammar.
final class CostStore: Sendable {
  let rules: CostRules
  /// Least cost of a proposition in any context whatever.
  let floor: Int
  let empty: CostTable
  private let tables: Mutex<[[Signature]: CostTable]>

  init(_ rules: CostRules) {
    self.rules = rules
    floor = rules.floor
    var known: [[Signature]: CostTable] = [:]
    empty = rules.table(for: [], floor: floor, &known)
    tables = Mutex(known)
  }

  /// The table of the context of `table` with one more variable.
  func table(_ table: CostTable, adding signature: Signature) -> CostTable {
    if table.shape.contains(signature) { return table }
    let shape = CostRules.adding(signature, to: table.shape)
    return tables.withLock { rules.table(for: shape, floor: floor, &$0) }
  }
}

/// From what cost tables are computed: the fixed point of "a head and the least of its arguments".
struct CostRules: Sendable {
  let heads: [Head]
  let headsOfClass: [[Head]]
  let carriers: Carriers
  let wantsProofs: Bool
  let equatesPropositions: Bool

  static func adding(_ signature: Signature, to shape: [Signature]) -> [Signature] {
    let position = shape.firstIndex { signature < $0 } ?? shape.count
    var result = shape
    result.insert(signature, at: position)
    return result
  }

  /// Least cost of a proposition where each carrier has a variable and each hypothesis is assumed.
  var floor: Int {
    var costs = Costs(rules: self, shape: carrierSignatures)
    if wantsProofs {
      costs.byClass[TypeClass.variable.index] = 1
      costs.byClass[TypeClass.function.index] = 1
      for head in heads where head.resultClass == .flatProposition {
        guard case .constant(let constant) = head.token else { continue }
        costs.byClass[TypeClass.constant(constant).index] = 1
      }
    }
    costs.settle()
    return costs.byClass[TypeClass.proposition.index]
  }

  private var carrierSignatures: [Signature] {
    var result = carriers.formers.map { Self.signature(of: $0) }
    if carriers.includesPropositions { result.append(Self.proposition) }
    return result + carriers.functions.map(\.head.signature)
  }

  static let proposition = Signature(result: .flatProposition, parameters: [])

  /// Of a variable whose type is an application of `former`.
  private static func signature(of former: Head) -> Signature {
    guard case .constant(let constant) = former.token else {
      preconditionFailure("\(former.token) is no constant")
    }
    return Signature(result: .constant(constant), parameters: [])
  }

  func table(
    for shape: [Signature], floor: Int, _ known: inout [[Signature]: CostTable]
  ) -> CostTable {
    if let table = known[shape] { return table }
    var costs = Costs(rules: self, shape: shape)
    var binder = CostTable.infinite
    while true {
      costs.settle()
      let previous = binder
      binder = min(binder, domainAndBody(costs, shape, floor, binder, &known))
      if binder == previous { break }
      costs.offer(.proposition, 1 + binder)
    }
    let table = CostTable(
      costs: costs.byClass, headCosts: costs.byConstant, domainAndBody: binder, shape: shape)
    known[shape] = table
    return table
  }

  /// Least cost of a binder's domain and body; contexts that cannot beat `best` are not looked at.
  private func domainAndBody(
    _ costs: Costs, _ shape: [Signature], _ floor: Int, _ best: Int,
    _ known: inout [[Signature]: CostTable]
  ) -> Int {
    let proposition = costs.byClass[TypeClass.proposition.index]
    var best = min(best, proposition + (wantsProofs ? floor : proposition))
    var binders = carriers.formers.map { (costs[$0], Self.signature(of: $0)) }
    if carriers.includesPropositions { binders.append((1, Self.proposition)) }
    binders += carriers.functions.map { ($0.leastTokenCount, $0.head.signature) }
    for (cost, _) in binders { best = min(best, cost + proposition) }
    for (cost, signature) in binders where !shape.contains(signature) {
      if cost + floor >= best { continue }
      let extended = table(for: Self.adding(signature, to: shape), floor: floor, &known)
      best = min(best, cost + extended[.proposition])
    }
    return min(best, CostTable.infinite)
  }
}

/// Costs in the making.
private struct Costs {
  let rules: CostRules
  let shape: [Signature]
  var byClass: [Int]
  var byConstant: [Int]
  private var changed = false

  init(rules: CostRules, shape: [Signature]) {
    self.rules = rules
    self.shape = shape
    byClass = Array(repeating: CostTable.infinite, count: rules.headsOfClass.count)
    byConstant = Array(
      repeating: CostTable.infinite, count: rules.headsOfClass.count - TypeClass.firstConstant)
    byClass[TypeClass.unknown.index] = 1
  }

  subscript(head: Head) -> Int {
    guard case .constant(let constant) = head.token else { return CostTable.infinite }
    return byConstant[Int(constant.index)]
  }

  mutating func offer(_ typeClass: TypeClass, _ cost: Int) {
    if cost >= byClass[typeClass.index] { return }
    byClass[typeClass.index] = cost
    changed = true
  }

  mutating func settle() {
    repeat {
      changed = false
      relax()
    } while changed
  }

  private mutating func relax() {
    if rules.carriers.includesPropositions {
      offer(.type, 1)
      if rules.equatesPropositions { offer(.equatedType, 1) }
    }
    for function in rules.carriers.functions {
      offer(.type, function.leastTokenCount)
      offer(.equatedType, function.leastTokenCount)
    }
    for head in rules.heads {
      guard case .constant(let constant) = head.token else { continue }
      byConstant[Int(constant.index)] = min(CostTable.infinite, cost(of: head))
    }
    for index in rules.headsOfClass.indices {
      for head in rules.headsOfClass[index] { offer(TypeClass(index: index), self[head]) }
    }
    for signature in shape {
      let cost = signature.parameters.reduce(1) { $0 + byClass[$1.index] }
      if signature.result == .unknown {
        for index in TypeClass.function.index..<byClass.count {
          offer(TypeClass(index: index), cost)
        }
      } else {
        offer(signature.result, cost)
      }
    }
    offer(.proposition, byClass[TypeClass.flatProposition.index])
  }

  private func cost(of head: Head) -> Int {
    guard let carrier = head.carrierParameter else {
      return head.parameters.reduce(1) { $0 + byClass[$1.typeClass.index] }
    }
    var least = CostTable.infinite
    func consider(_ type: TypeClass, _ cost: Int) {
      var sum = 1 + cost
      for (index, parameter) in head.parameters.enumerated() where index != carrier {
        sum += byClass[(parameter.carrier == carrier ? type : parameter.typeClass).index]
      }
      least = min(least, sum)
    }
    let kind = head.parameters[carrier].typeClass
    for former in rules.carriers.formers {
      guard case .constant(let constant) = former.token else { continue }
      consider(.constant(constant), self[former])
    }
    if rules.carriers.includesPropositions, kind == .type || rules.equatesPropositions {
      consider(.flatProposition, 1)
    }
    for function in rules.carriers.functions { consider(.function, function.leastTokenCount) }
    return least
  }
}
