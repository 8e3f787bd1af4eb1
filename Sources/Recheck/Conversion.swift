/// A value. Constants, sorts and variables have one each; other equal values may have several.
enum Value {
  /// A sort or a variable, equal to nothing but itself.
  case atom
  case constant(Int), numeral(type: Int, Natural)
  /// An application that is stuck, and its head.
  case apply(Int, Int, head: Int)
  /// A `lambda` or `forall` in its environment; a product may be the type of a `lambda`.
  case closure(Int, Int, isProduct: Bool)
  /// A node in its environment, not computed yet, or what it turned out to be.
  case delayed(Int, Int), same(Int)
}

extension Checker {
  static func pair(_ high: Int, _ low: Int) -> UInt64 { UInt64(high) << 32 | UInt64(low) }

  mutating func make(_ value: Value) -> Int {
    values.append(value)
    return values.count - 1
  }

  mutating func bind(_ value: Int, _ binder: Int, _ outer: Int) -> Int {
    bindings.append((value, binder, outer))
    return bindings.count - 1
  }

  mutating func lookUp(_ index: Int, in scope: Int) -> Int {
    steps += index / 16
    return (0..<index).reduce(scope) { scope, _ in bindings[scope].outer }
  }

  /// Counts a step, and a level of recursion until the caller lowers `depth`: at most 512 bytes of
  /// stack each, measured in release builds.
  mutating func enter() throws(RecheckError) {
    steps += 1
    depth += 1
    try require(steps <= stepLimit, .limit, "more than \(stepLimit) steps")
    try require(depth <= 40_000, .limit, "recursion of more than 40,000 levels")
    let size = values.count + bindings.count + limbs
    try require(size <= 4_000_000, .limit, "more than 4,000,000 values, bindings and limbs")
  }

  /// A node as a value, not computed yet.
  mutating func delay(_ node: Int, _ scope: Int) -> Int {
    let scope = facts[node].loose == 0 ? 0 : scope
    let value: Value
    switch nodes[node] {
    case .sort(let sort): return sort
    case .bound(let index): return bindings[lookUp(index, in: scope)].value
    case .constant(let constant): return declarations[constant].value
    case .numeral(let type, let natural): value = .numeral(type: type, natural)
    case .lambda: value = .closure(node, scope, isProduct: false)
    case .forall: value = .closure(node, scope, isProduct: true)
    case .apply, .define: value = .delayed(node, scope)
    }
    let key = Checker.pair(node, scope)
    if let known = delayed[key] { return known }
    delayed[key] = make(value)
    return values.count - 1
  }

  /// Computes the head of a value by β and ζ.
  mutating func force(_ value: Int) throws(RecheckError) -> Int {
    if case .same(let other) = values[value] { return other }
    guard case .delayed(let node, let scope) = values[value] else { return value }
    try enter()
    defer { depth -= 1 }
    var result = value
    if case .apply(let function, let argument) = nodes[node] {
      result = try apply(try force(delay(function, scope)), delay(argument, scope))
    } else if case .define(_, let value, let body) = nodes[node] {
      result = try force(delay(body, bind(delay(value, scope), node, scope)))
    }
    values[value] = .same(result)
    return result
  }

  mutating func apply(_ function: Int, _ argument: Int) throws(RecheckError) -> Int {
    switch values[function] {
    case .closure: try force(try instantiate(function, argument))
    case .apply(_, _, let head): make(.apply(function, argument, head: head))
    default: make(.apply(function, argument, head: function))
    }
  }

  /// The body of a closure at an argument.
  mutating func instantiate(_ closure: Int, _ argument: Int) throws(RecheckError) -> Int {
    guard case .closure(let node, let scope, let isProduct) = values[closure] else {
      preconditionFailure("value \(closure) is no closure")
    }
    let inner = bind(argument, node, scope)
    if case .forall(_, let body) = nodes[node] { return delay(body, inner) }
    guard case .lambda(_, let body) = nodes[node] else { preconditionFailure("no binder") }
    return isProduct ? try type(of: body, in: inner, trusted: true) : delay(body, inner)
  }

  /// Unfolds the head once: a definition, or an operation that computes. `nil` if it is stuck.
  mutating func unfold(_ value: Int) throws(RecheckError) -> Int? {
    if let known = unfolded[value] { return known }
    try enter()
    defer { depth -= 1 }
    var result: Int?
    if case .constant(let constant) = values[value], declarations[constant].isTransparent {
      result = try force(delay(declarations[constant].body!, 0))
    } else if case .apply(let function, let argument, let head) = values[value],
      case .constant(let constant) = values[head]
    {
      if let operation = operations[constant], case .apply(head, let first, _) = values[function] {
        result = try compute(operation, first, argument)
      } else if let next = try unfold(function) {
        result = try apply(next, argument)
      }
    }
    unfolded[value] = result
    return result
  }

  /// Computes the head of a value as far as it goes.
  mutating func reduce(_ value: Int) throws(RecheckError) -> Int {
    var value = try force(value)
    while let next = try unfold(value) { value = next }
    return value
  }

  /// Whether two values of typed terms are equal: β, δ, ζ, numerals and operations; no η.
  mutating func areConvertible(_ left: Int, _ right: Int) throws(RecheckError) -> Bool {
    let (left, right) = (try force(left), try force(right))
    if left == right { return true }
    if let known = verdicts[Checker.pair(left, right)] { return known }
    try enter()
    defer { depth -= 1 }
    let verdict = try compare(left, right)
    verdicts[Checker.pair(left, right)] = verdict
    return verdict
  }

  private mutating func compare(_ left: Int, _ right: Int) throws(RecheckError) -> Bool {
    switch (values[left], values[right]) {
    case (.closure(let a, let s, let isProduct), .closure(let b, let t, let other))
    where isProduct == other:
      let x = make(.atom)
      let haveSameDomain = try areConvertible(delay(domain(of: a), s), delay(domain(of: b), t))
      if !haveSameDomain { return false }
      return try areConvertible(try instantiate(left, x), try instantiate(right, x))
    case (.numeral(let type, let m), .numeral(let other, let n)): return type == other && m == n
    case (.numeral(let type, _), _), (_, .numeral(let type, _)):
      switch (unary(left, type), unary(right, type)) {
      case (nil, _), (_, nil): break
      case (.zero, .zero): return true
      case (.successor(let m), .successor(let n)): return try areConvertible(m, n)
      default: return false
      }
    default: break
    }
    // The same head and the same arguments? The last argument is compared first.
    var (f, g) = (left, right)
    while case .apply(let a, let x, let head) = values[f],
      case .apply(let b, let y, let other) = values[g], head == other
    {
      guard try areConvertible(x, y) else { break }
      (f, g) = (a, b)
    }
    if f == g { return true }
    // Unfold what was declared later first, for it may lead to the other.
    let (first, second) = rank(left) >= rank(right) ? (left, right) : (right, left)
    if let next = try unfold(first) { return try areConvertible(next, second) }
    if let next = try unfold(second) { return try areConvertible(first, next) }
    return false
  }

  private func rank(_ value: Int) -> Int {
    switch values[value] {
    case .constant(let constant): constant
    case .apply(_, _, let head): rank(head)
    default: -1
    }
  }
}
