/// An operation that computes: `op n zero = atZero` and `op n (succ m) = atSuccessor`.
struct Operation {
  enum Arithmetic { case addition, multiplication }

  let type: Int
  /// What depends on the operation depends on its equations and what explains its numerals.
  let constants: [Int]
  /// The nodes that bind n and m.
  let binders: (n: Int, outer: Int, inner: Int)
  let atZero: Int
  let atSuccessor: Int
  /// What the equations define, where that is recognized.
  let arithmetic: Arithmetic?
}

/// A value of a type with numerals, as far as its head tells.
enum Unary { case zero, successor(Int) }

/// Operands up to this bound are computed by the equations alone, larger ones by `Natural`.
private let slowBound = 64

extension Checker {
  mutating func addNumerals(_ type: Int, _ zero: Int, _ successor: Int) throws(RecheckError) {
    let types = [type, zero, successor].map { declarations[$0].type }
    let number = declarations[type].value
    let arrow = try reduce(delay(types[2], 0))
    guard [type, zero, successor].allSatisfy({ declarations[$0].body == nil }),
      text(types[0]) == "type", numerals[type] == nil,
      case .closure(let binder, let scope, isProduct: true) = values[arrow],
      try areConvertible(delay(types[1], 0), number),
      try areConvertible(delay(domain(of: binder), scope), number),
      try areConvertible(try instantiate(arrow, make(.atom)), number)
    else {
      return try require(
        false, .literals, "needs new assumptions T : type, zero : T and successor : T → T")
    }
    numerals[type] = (zero, successor)
  }

  mutating func addOperation(
    _ operation: Int, _ zeroLaw: Int, _ successorLaw: Int
  ) throws(RecheckError) {
    let (first, second) = (declarations[zeroLaw].type, declarations[successorLaw].type)
    let op = declarations[operation].name
    guard [operation, zeroLaw, successorLaw].allSatisfy({ declarations[$0].body == nil }),
      operations[operation] == nil,
      case .forall(let domain, let body) = nodes[first], case .constant(let type) = nodes[domain],
      let (zero, successor) = numerals[type], case let t = declarations[type].name,
      case (let z, let s) = (declarations[zero].name, declarations[successor].name),
      case .apply(let left, let atZero) = nodes[body],
      case .forall(let outer, let inner) = nodes[second],
      case .forall(let innerDomain, let body) = nodes[inner],
      case .apply(let right, let atSuccessor) = nodes[body],
      text(declarations[operation].type) == "[\(t) [\(t) \(t)]]",
      text(left) == "((= \(t)) ((\(op) #0) \(z)))", text(outer) == t, text(innerDomain) == t,
      text(right) == "((= \(t)) ((\(op) #1) (\(s) #0)))",
      try isRecursion(atZero, of: operation, calls: false),
      try isRecursion(atSuccessor, of: operation, calls: true)
    else {
      return try require(false, .computable, "no structural recursion on the second argument")
    }
    let call = "((\(op) #1) #0)"
    let isAddition = text(atZero) == "#0" && text(atSuccessor) == "(\(s) \(call))"
    let isMultiplication = operations.contains {
      let plus = declarations[$0].name
      return $1.arithmetic == .addition && $1.type == type && text(atZero) == z
        && ["((\(plus) #1) \(call))", "((\(plus) \(call)) #1)"].contains(text(atSuccessor))
    }
    operations[operation] = Operation(
      type: type, constants: [type, zero, successor, zeroLaw, successorLaw],
      binders: (first, second, inner), atZero: atZero, atSuccessor: atSuccessor,
      arithmetic: isAddition ? .addition : isMultiplication ? .multiplication : nil)
    verdicts.removeAll(keepingCapacity: true)  // What was stuck may compute now.
  }

  /// A node as text, its lowest levels left out. Equal texts without `?` mean equal terms.
  private func text(_ node: Int, levels: Int = 6) -> String {
    func part(_ node: Int) -> String { text(node, levels: levels - 1) }
    switch nodes[node] {
    case .sort(let sort): return sorts[sort]
    case .bound(let index): return "#\(index)"
    case .constant(let constant): return declarations[constant].name
    case .apply(let f, let a) where levels > 0: return "(\(part(f)) \(part(a)))"
    case .forall(let domain, let body) where levels > 0: return "[\(part(domain)) \(part(body))]"
    default: return "?"
    }
  }

  /// Whether a right-hand side mentions the operation and m only as `op n m`, and nothing that was
  /// declared after the operation. Then what computes it leads to smaller m or earlier constants.
  private mutating func isRecursion(
    _ root: Int, of operation: Int, calls: Bool
  ) throws(RecheckError) -> Bool {
    let op = declarations[operation].name
    var (pending, visited) = ([(root, 0)], Set<UInt64>())
    while let (node, m) = pending.popLast() {
      try enter()
      depth -= 1
      if !visited.insert(Checker.pair(node, m)).inserted { continue }
      if calls && text(node) == "((\(op) #\(m + 1)) #\(m))" { continue }
      switch nodes[node] {
      case .sort, .numeral: break
      case .bound(let index): if calls && index == m { return false }
      case .constant(let constant): if constant >= operation { return false }
      case .apply(let f, let a): pending += [(f, m), (a, m)]
      case .lambda(let domain, let body), .forall(let domain, let body):
        pending += [(domain, m), (body, m + 1)]
      case .define(let type, let value, let body):
        pending += [(type, m), (value, m), (body, m + 1)]
      }
    }
    return true
  }

  // MARK: Computing

  /// Zero or a successor, where the head of a value says so.
  mutating func unary(_ value: Int, _ type: Int) -> Unary? {
    let (zero, successor) = numerals[type]!
    switch values[value] {
    case .numeral(type, let n): return n.isZero ? .zero : .successor(numeral(type, n.predecessor))
    case .constant(zero): return .zero
    case .apply(declarations[successor].value, let argument, _): return .successor(argument)
    default: return nil
    }
  }

  private mutating func numeral(_ type: Int, _ natural: Natural) -> Int {
    limbs += natural.limbs.count
    return make(.numeral(type: type, natural))
  }

  /// The number that a value computes to, if it is one.
  private mutating func natural(_ value: Int, _ type: Int) throws(RecheckError) -> Natural? {
    try enter()
    defer { depth -= 1 }
    let value = try reduce(value)
    if case .numeral(type, let natural) = values[value] { return natural }
    switch unary(value, type) {
    case .zero: return Natural([])
    case .successor(let rest): return try natural(rest, type).map { $0 + Natural([1]) }
    case nil: return nil
    }
  }

  /// `op first second`, one step on: by arithmetic for large numbers, otherwise by the equations.
  mutating func compute(
    _ operation: Operation, _ first: Int, _ second: Int
  ) throws(RecheckError) -> Int? {
    let second = try reduce(second)
    guard let shape = unary(second, operation.type) else { return nil }
    let a = try natural(first, operation.type)
    let b = try natural(second, operation.type)
    let isSmall = a?.isAtMost(slowBound) ?? false && b?.isAtMost(slowBound) ?? false
    if let a, let b, !isSmall, let arithmetic = operation.arithmetic {
      let isSum = arithmetic == .addition
      steps += isSum ? max(a.limbs.count, b.limbs.count) : a.limbs.count * b.limbs.count / 16
      try enter()  // Refuses what costs too much before it is computed.
      depth -= 1
      return numeral(operation.type, isSum ? a + b : a * b)
    }
    var result: Int
    switch shape {
    case .zero: result = delay(operation.atZero, bind(first, operation.binders.n, 0))
    case .successor(let m):
      let outer = bind(first, operation.binders.outer, 0)
      result = delay(operation.atSuccessor, bind(m, operation.binders.inner, outer))
    }
    if isSmall, let n = try natural(result, operation.type) { result = numeral(operation.type, n) }
    return try force(result)
  }
}
