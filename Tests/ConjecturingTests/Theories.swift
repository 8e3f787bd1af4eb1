import Kernel

@testable import Conjecturing

/// Small theories with every feature of the grammar.
enum Tiny {
  /// Writes types with fewer brackets.
  struct Writer {
    var builder = TheoryBuilder()
    var arena: TermArena { builder.arena }

    func c(_ name: String) -> Term { arena.constant(builder.theory.constant(named: name)!) }
    func v(_ index: Int) -> Term { arena.variable(index) }
    func app(_ head: String, _ arguments: Term...) -> Term {
      arena.application(c(head), arguments)
    }
    /// Nested products; each domain may mention the ones before by index.
    func pi(_ domains: Term..., to result: Term) -> Term {
      domains.reversed().reduce(result) { arena.pi($1, $0) }
    }
    mutating func assume(_ name: String, _ type: Term) {
      try! builder.assume(name, type: type)
    }
  }

  static func groups() -> Theory {
    var w = Writer()
    w.assume("G", .type)
    let g = w.c("G")
    w.assume("op", w.pi(g, g, to: g))
    w.assume("id", g)
    w.assume("inv", w.pi(g, to: g))
    w.assume(
      "id_l", w.pi(g, to: w.arena.equality(g, w.app("op", w.c("id"), w.v(0)), w.v(0))))
    return w.builder.freeze()
  }

  static func logic() -> Theory {
    var w = Writer()
    for name in ["and", "or", "iff"] { w.assume(name, w.pi(.prop, .prop, to: .prop)) }
    w.assume("not", w.pi(.prop, to: .prop))
    w.assume("false", .prop)
    w.assume(
      "and_i", w.pi(.prop, .prop, w.v(1), w.v(1), to: w.app("and", w.v(3), w.v(2))))
    return w.builder.freeze()
  }

  static func naturals() -> Theory {
    var w = Writer()
    addNaturals(&w)
    return w.builder.freeze()
  }

  static func addNaturals(_ w: inout Writer) {
    w.assume("nat", .type)
    w.assume("z", w.c("nat"))
    w.assume("s", w.pi(w.c("nat"), to: w.c("nat")))
  }

  /// A type without constants, a predicate, and a relation between two types.
  static func sets() -> Theory {
    var w = Writer()
    w.assume("A", .type)
    w.assume("B", .type)
    w.assume("f", w.pi(w.c("A"), to: w.c("B")))
    w.assume("p", w.pi(w.c("B"), to: .prop))
    w.assume("r", w.pi(w.c("A"), w.c("B"), to: .prop))
    return w.builder.freeze()
  }

  /// `vec` as usual; a type with no inhabitants at some indices.
  static func vectors() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("vec", w.pi(nat, to: .type))
    w.assume("vnil", w.app("vec", w.c("z")))
    w.assume(
      "vcons", w.pi(nat, nat, w.app("vec", w.v(1)), to: w.app("vec", w.app("s", w.v(2)))))
    w.assume("head", w.pi(nat, w.app("vec", w.app("s", w.v(0))), to: nat))
    return w.builder.freeze()
  }

  /// `fin n` is empty at zero; `pick` needs an index that is inhabited.
  static func finite() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("fin", w.pi(nat, to: .type))
    w.assume("first", w.pi(nat, to: w.app("fin", w.app("s", w.v(0)))))
    w.assume("odd", w.pi(nat, to: .type))
    w.assume("one", w.app("odd", w.app("s", w.c("z"))))
    w.assume(
      "next", w.pi(nat, w.app("odd", w.v(0)), to: w.app("odd", w.app("s", w.app("s", w.v(1))))))
    w.assume("pick", w.pi(nat, w.app("fin", w.v(0)), to: nat))
    w.assume("good", w.pi(nat, w.app("odd", w.v(0)), to: .prop))
    return w.builder.freeze()
  }

  /// `both` needs a number that is odd and even, of which there is none; `some` a chain of two.
  static func parity() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("plus", w.pi(nat, nat, to: nat))
    w.assume("odd", w.pi(nat, to: .type))
    w.assume("even", w.pi(nat, to: .type))
    w.assume("even_z", w.app("even", w.c("z")))
    w.assume("odd_s", w.pi(nat, w.app("even", w.v(0)), to: w.app("odd", w.app("s", w.v(1)))))
    w.assume("even_s", w.pi(nat, w.app("odd", w.v(0)), to: w.app("even", w.app("s", w.v(1)))))
    w.assume("both", w.pi(nat, w.app("odd", w.v(0)), w.app("even", w.v(1)), to: .prop))
    w.assume("some", w.pi(nat, w.app("odd", w.app("s", w.app("s", w.v(0)))), to: .prop))
    return w.builder.freeze()
  }

  /// Quantifiers over function types, among them a dependent one; a function into `prop`.
  static func functions() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("p", w.pi(nat, to: .prop))
    w.assume("all", w.pi(w.pi(nat, to: .prop), to: .prop))
    w.assume("iterate", w.pi(w.pi(nat, to: nat), nat, to: nat))
    return w.builder.freeze()
  }

  /// A polymorphic family and a polymorphic conditional.
  static func lists() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("list", w.pi(.type, to: .type))
    w.assume("nil", w.pi(.type, to: w.app("list", w.v(0))))
    w.assume(
      "cons",
      w.pi(.type, w.v(0), w.app("list", w.v(1)), to: w.app("list", w.v(2))))
    w.assume("sum", w.pi(w.app("list", nat), to: nat))
    w.assume("choose", w.pi(.type, .prop, w.v(1), to: w.v(2)))
    return w.builder.freeze()
  }

  /// Division wants a proof that the divisor is not zero.
  static func division() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    w.assume("nonzero", w.pi(nat, to: .prop))
    w.assume("nonzero_s", w.pi(nat, to: w.app("nonzero", w.app("s", w.v(0)))))
    w.assume("inverse", w.pi(nat, w.app("nonzero", w.v(0)), to: nat))
    return w.builder.freeze()
  }

  /// A proof of anything, a choice at any type, and arguments that are arrows of either kind.
  static func absurdity() -> Theory {
    var w = Writer()
    w.assume("nat", .type)
    let nat = w.c("nat")
    w.assume("z", nat)
    w.assume("ok", w.pi(nat, to: .prop))
    w.assume("bot", .prop)
    w.assume("absurd", w.pi(.prop, w.c("bot"), to: w.v(1)))
    w.assume("choose", w.pi(.type, w.v(0), w.v(1), to: w.v(2)))
    w.assume("need", w.pi(w.pi(nat, to: w.app("ok", w.v(0))), to: .prop))
    w.assume("all", w.pi(w.pi(nat, to: .prop), to: .prop))
    return w.builder.freeze()
  }

  /// Definitions of a type, a constant, a function and a connective.
  static func definitions() -> Theory {
    var w = Writer()
    addNaturals(&w)
    let nat = w.c("nat")
    let arena = w.arena
    try! w.builder.define("number", type: .type, value: nat)
    try! w.builder.define("one", type: w.c("number"), value: w.app("s", w.c("z")))
    try! w.builder.define(
      "twice", type: w.pi(nat, to: w.c("number")),
      value: arena.lambda(nat, w.app("s", w.app("s", w.v(0)))))
    w.assume("vec", w.pi(w.c("number"), to: .type))
    w.assume("pair", w.app("vec", w.app("twice", w.c("z"))))
    w.assume("tail", w.pi(nat, w.app("vec", w.app("s", w.v(0))), to: w.app("vec", w.v(1))))
    return w.builder.freeze()
  }

  static let all: [(name: String, theory: Theory)] = [
    ("groups", groups()), ("logic", logic()), ("naturals", naturals()), ("sets", sets()),
    ("vectors", vectors()), ("finite", finite()), ("functions", functions()),
    ("lists", lists()), ("division", division()), ("definitions", definitions()),
    ("absurdity", absurdity()), ("parity", parity()),
  ]

  static func named(_ name: String) -> Theory { all.first { $0.name == name }!.theory }
}
