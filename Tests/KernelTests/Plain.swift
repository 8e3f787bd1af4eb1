import Kernel

/// Terms as plain trees, without sharing or cached facts: the oracle's representation.
indirect enum Plain: Hashable, Sendable {
  case sort(Sort)
  case variable(Int)
  case constant(Int)
  case local(Int, Plain)
  /// A numeral of the first literal family.
  case literal(Int)
  case application(Plain, Plain)
  case lambda(Plain, Plain)
  case pi(Plain, Plain)
  /// Type, value, body.
  case definition(Plain, Plain, Plain)
}

extension Plain {
  static func apply(_ function: Plain, _ arguments: Plain...) -> Plain {
    arguments.reduce(function) { .application($0, $1) }
  }

  static func arrow(_ domain: Plain, _ codomain: Plain) -> Plain {
    .pi(domain, codomain.shifted(1))
  }

  /// The tree with `leaf` applied to every variable and local, given the number of binders above.
  func mapLeaves(_ depth: Int = 0, _ leaf: (Plain, Int) -> Plain) -> Plain {
    switch self {
    case .sort, .constant, .literal: self
    case .variable, .local: leaf(self, depth)
    case .application(let f, let a):
      .application(f.mapLeaves(depth, leaf), a.mapLeaves(depth, leaf))
    case .lambda(let a, let b): .lambda(a.mapLeaves(depth, leaf), b.mapLeaves(depth + 1, leaf))
    case .pi(let a, let b): .pi(a.mapLeaves(depth, leaf), b.mapLeaves(depth + 1, leaf))
    case .definition(let t, let v, let b):
      .definition(
        t.mapLeaves(depth, leaf), v.mapLeaves(depth, leaf), b.mapLeaves(depth + 1, leaf))
    }
  }

  func shifted(_ amount: Int, from cutoff: Int = 0) -> Plain {
    mapLeaves { leaf, depth in
      guard case .variable(let index) = leaf, index >= cutoff + depth else { return leaf }
      return .variable(index + amount)
    }
  }

  /// The body of a binder with its variable replaced (Pierce, Types and Programming Languages,
  /// 6.2).
  func opened(with argument: Plain) -> Plain {
    mapLeaves { leaf, depth in
      guard case .variable(let index) = leaf, index == depth else { return leaf }
      return argument.shifted(1).shifted(depth)
    }.shifted(-1)
  }

  /// The same for several binders at once, one after the other from the inside.
  func opened(with arguments: [Plain]) -> Plain {
    var result = self
    for (index, argument) in arguments.enumerated().reversed() {
      result = result.opened(with: argument.shifted(index))
    }
    return result
  }

  /// `local` becomes variable 0.
  func closed(over local: Plain) -> Plain {
    shifted(1).mapLeaves { leaf, depth in leaf == local ? .variable(depth) : leaf }
  }

  func replacing(_ pattern: Plain, by replacement: Plain) -> Plain {
    if self == pattern { return replacement }
    func visit(_ term: Plain) -> Plain { term.replacing(pattern, by: replacement) }
    switch self {
    case .sort, .variable, .constant, .local, .literal: return self
    case .application(let f, let a): return .application(visit(f), visit(a))
    case .lambda(let a, let b): return .lambda(visit(a), visit(b))
    case .pi(let a, let b): return .pi(visit(a), visit(b))
    case .definition(let t, let v, let b): return .definition(visit(t), visit(v), visit(b))
    }
  }

  // MARK: Facts

  /// The parts of the outermost layer, with the binders that each is under.
  var parts: [(part: Plain, binders: Int)] {
    switch self {
    case .sort, .variable, .constant, .local, .literal: []
    case .application(let f, let a): [(f, 0), (a, 0)]
    case .lambda(let a, let b), .pi(let a, let b): [(a, 0), (b, 1)]
    case .definition(let t, let v, let b): [(t, 0), (v, 0), (b, 1)]
    }
  }

  var looseBound: Int {
    if case .variable(let index) = self { return index + 1 }
    return parts.map { max(0, $0.part.looseBound - $0.binders) }.max() ?? 0
  }

  var hasLocal: Bool {
    if case .local = self { return true }
    return parts.contains { $0.part.hasLocal }
  }

  var size: Int { 1 + parts.reduce(0) { $0 + $1.part.size } }

  var height: Int { 1 + (parts.map { $0.part.height }.max() ?? 0) }

  var head: Plain {
    if case .application(let function, _) = self { return function.head }
    return self
  }

  /// Every subterm, the term itself first.
  var subterms: [Plain] { [self] + parts.flatMap { $0.part.subterms } }

  /// The term with its subterm at a position of `subterms` replaced.
  func replacing(subterm position: Int, by replacement: Plain) -> Plain {
    var countdown = position
    return replacingSubterm(&countdown, by: replacement)
  }

  private func replacingSubterm(_ countdown: inout Int, by replacement: Plain) -> Plain {
    countdown -= 1
    if countdown == -1 { return replacement }
    func visit(_ term: Plain) -> Plain { term.replacingSubterm(&countdown, by: replacement) }
    switch self {
    case .sort, .variable, .constant, .local, .literal: return self
    case .application(let f, let a):
      let function = visit(f)
      return .application(function, visit(a))
    case .lambda(let a, let b):
      let domain = visit(a)
      return .lambda(domain, visit(b))
    case .pi(let a, let b):
      let domain = visit(a)
      return .pi(domain, visit(b))
    case .definition(let t, let v, let b):
      let (type, value) = (visit(t), visit(v))
      return .definition(type, value, visit(b))
    }
  }
}

extension TermArena {
  /// Interns a tree.
  func term(_ plain: Plain) -> Term {
    switch plain {
    case .sort(let sort): self.sort(sort)
    case .variable(let index): variable(index)
    case .constant(let index): constant(ConstantID(index))
    case .local(let level, let type): local(level: level, type: term(type))
    case .literal(let value): literal(family: 0, value: Natural(UInt64(value)))
    case .application(let f, let a): application(term(f), term(a))
    case .lambda(let a, let b): lambda(term(a), term(b))
    case .pi(let a, let b): pi(term(a), term(b))
    case .definition(let t, let v, let b): definition(type: term(t), value: term(v), body: term(b))
    }
  }

  /// Writes a term out as a tree.
  func plain(_ term: Term) -> Plain {
    switch view(term) {
    case .sort(let sort): .sort(sort)
    case .variable(let index): .variable(index)
    case .constant(let constant): .constant(Int(constant.index))
    case .local(let level, let type): .local(level, plain(type))
    case .literal(_, let value): .literal(Int(value.description)!)
    case .application(let f, let a): .application(plain(f), plain(a))
    case .lambda(let a, let b): .lambda(plain(a), plain(b))
    case .pi(let a, let b): .pi(plain(a), plain(b))
    case .definition(let t, let v, let b): .definition(plain(t), plain(v), plain(b))
    }
  }
}
