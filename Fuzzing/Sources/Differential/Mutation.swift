import Randomness

/// Ways to change a certificate.
enum Mutation: String, CaseIterable {
  // Meaning kept: both checkers must accept still.
  case duplicateNode, idleNode
  // Steps and statement.
  case index, operand, swap, constant, sort, numeral, kind, dropNode, statement, proof
  case redex, expansion, forwardReference
  // Declarations.
  case dropDeclaration, swapDeclarations, declarationNode, declarationName, keyword
  // The list of axioms, the hash, the text.
  case axioms, hash, text

  var keepsMeaning: Bool { self == .duplicateNode || self == .idleNode }
}

extension Draft {
  /// Applies the mutation; false if there is nothing that it applies to.
  mutating func apply(_ mutation: Mutation, _ random: inout RandomStream) -> Bool {
    let nodePlaces = entries.indices.filter { if case .node = entries[$0] { true } else { false } }
    let declarationPlaces = entries.indices.filter {
      if case .declaration = entries[$0] { true } else { false }
    }
    func pick<T>(_ values: [T]) -> T? {
      values.isEmpty ? nil : values[random.uniform(below: values.count)]
    }
    /// Changes one of the nodes that `condition` holds of; later nodes are likelier, because those
    /// are the proof.
    func change(_ condition: (Node) -> Bool, _ body: (inout Node, Int) -> Bool) -> Bool {
      var places: [(place: Int, number: Int)] = []
      for (number, place) in nodePlaces.enumerated() {
        if case .node(let node) = entries[place], condition(node) { places.append((place, number)) }
      }
      let start = random.uniform() < 0.6 ? places.firstIndex { $0.place >= theoryCount } ?? 0 : 0
      guard let (place, number) = pick(Array(places[start...])),
        case .node(var node) = entries[place]
      else { return false }
      guard body(&node, number) else { return false }
      entries[place] = .node(node)
      return true
    }
    switch mutation {
    case .index:
      return change({ $0.operation == "bound" }) { node, _ in
        guard let index = Int(node.words[0]) else { return false }
        let other =
          random.uniform() < 0.7
          ? max(0, index + (random.uniform() < 0.5 ? -1 : 1)) : random.uniform(below: 5)
        node.words[0] = String(other)
        return other != index
      }
    case .operand:
      return change({ !$0.children.isEmpty }) { node, number in
        guard number > 0 else { return false }
        let child = random.uniform(below: node.children.count)
        let other =
          random.uniform() < 0.5
          ? random.uniform(below: number)
          : max(0, number - 1 - random.uniform(below: min(number, 8)))
        defer { node.children[child] = other }
        return node.children[child] != other
      }
    case .swap:
      return change({ Set($0.children).count > 1 }) { node, _ in
        let first = random.uniform(below: node.children.count)
        node.children.swapAt(first, (first + 1) % node.children.count)
        return true
      }
    case .constant:
      let names = ["=", "refl", "subst"] + declarations.map { $0.names[0] }
      return change({ $0.operation == "constant" || $0.operation == "numeral" }) { node, _ in
        let other = names[random.uniform(below: names.count)]
        defer { node.words[0] = other }
        return node.words[0] != other
      }
    case .sort:
      return change({ $0.operation == "sort" }) { node, _ in
        let other = ["prop", "type", "kind"][random.uniform(below: 3)]
        defer { node.words[0] = other }
        return node.words[0] != other
      }
    case .numeral:
      return change({ $0.operation == "numeral" }) { node, _ in
        let digits = Array(node.words[1].utf8)
        let other: String
        switch random.uniform(below: 4) {
        case 0: other = String(random.uniform(below: 12))
        case 1: other = node.words[1] + "0"
        case 2: other = "0" + node.words[1]
        default:
          var changed = digits
          changed[random.uniform(below: digits.count)] = UInt8(48 + random.uniform(below: 10))
          other = String(decoding: changed, as: UTF8.self)
        }
        defer { node.words[1] = other }
        return node.words[1] != other
      }
    case .kind:
      return change({ $0.children.count >= 2 }) { node, _ in
        let other = ["apply", "lambda", "forall", "let"][random.uniform(below: 4)]
        if other == node.operation { return false }
        if other == "let", node.children.count == 2 { node.children.append(node.children[1]) }
        if node.operation == "let" { node.children.removeLast() }
        node.operation = other
        return true
      }
    case .dropNode:
      guard let number = pick(Array(nodePlaces.indices)), nodePlaces.count > 1 else { return false }
      removeLine(nodePlaces[number])
      return true
    case .duplicateNode, .idleNode:
      guard let number = pick(Array(nodePlaces.indices)) else { return false }
      let place = nodePlaces[number]
      let copies = mutation == .duplicateNode
      if place + 1 < theoryCount { theoryCount += 1 }
      entries.insert(entries[place], at: place + 1)
      // The copy has the next number; some of those that meant the original now mean the copy.
      renumber { other in
        if other > number { return other + 1 }
        return other == number && copies && random.uniform() < 0.5 ? number + 1 : other
      }
      return true
    case .redex, .expansion:
      return wrap(isExpansion: mutation == .expansion, nodePlaces, &random)
    case .forwardReference:
      return change({ !$0.children.isEmpty }) { node, number in
        node.children[0] = number + random.uniform(below: 3)
        return true
      }
    case .statement:
      let other = random.uniform(below: nodePlaces.count)
      defer { statement = other }
      return other != statement
    case .proof:
      let other = random.uniform(below: nodePlaces.count)
      defer { proof = other }
      return other != proof
    case .dropDeclaration:
      guard let place = pick(declarationPlaces) else { return false }
      removeLine(place)
      return true
    case .swapDeclarations:
      guard let first = pick(declarationPlaces), let second = pick(declarationPlaces),
        first != second
      else { return false }
      entries.swapAt(first, second)
      return true
    case .declarationNode, .declarationName, .keyword:
      guard let place = pick(declarationPlaces), case .declaration(var entry) = entries[place]
      else { return false }
      defer { entries[place] = .declaration(entry) }
      if mutation == .keyword {
        let old = entry.keyword
        switch (entry.keyword, random.uniform(below: 2)) {
        case ("define", 0), ("prove", 0):
          (entry.keyword, entry.nodes) = ("assume", [entry.nodes[0]])
        case ("define", _): entry.keyword = "prove"
        case ("prove", _): entry.keyword = "define"
        case ("assume", let kind):
          entry.keyword = kind == 0 ? "define" : "prove"
          entry.nodes.append(random.uniform(below: max(1, entry.nodes[0])))
        case ("literals", _): entry.keyword = "computable"
        default: entry.keyword = "literals"
        }
        return entry.keyword != old
      }
      if mutation == .declarationNode {
        guard !entry.nodes.isEmpty else { return false }
        let index = random.uniform(below: entry.nodes.count)
        let limit = nodePlaces.count { $0 < place }
        guard limit > 0 else { return false }
        let other = random.uniform(below: limit)
        defer { entry.nodes[index] = other }
        return entry.nodes[index] != other
      }
      let names = ["=", "refl", "subst", "prop", "'x", "fresh"] + declarations.map { $0.names[0] }
      let index = random.uniform(below: entry.names.count)
      let other = names[random.uniform(below: names.count)]
      defer { entry.names[index] = other }
      return entry.names[index] != other
    case .axioms:
      let names = declarations.filter { $0.keyword == "assume" || random.uniform() < 0.1 }
      let before = axioms
      switch random.uniform(below: 4) {
      case 0 where !axioms.isEmpty: axioms.remove(at: random.uniform(below: axioms.count))
      case 1 where axioms.count > 1:
        axioms.swapAt(0, 1 + random.uniform(below: axioms.count - 1))
      case 2 where !axioms.isEmpty: axioms.append(axioms[random.uniform(below: axioms.count)])
      default:
        guard let name = pick(names)?.names[0] else { return false }
        axioms.insert(name, at: random.uniform(below: axioms.count + 1))
      }
      return axioms != before
    case .hash, .text: return true
    }
  }

  /// Puts a redex, a `let` or an η-expansion in the place of a node.
  private mutating func wrap(
    isExpansion: Bool, _ places: [Int], _ random: inout RandomStream
  ) -> Bool {
    let number = random.uniform(below: places.count)
    let domain = random.uniform(below: number + 1)
    var added: [Node]
    if isExpansion {
      // λx:domain. node x, right if the node is closed and the domain its own.
      added = [
        Node(operation: "bound", words: ["0"]),
        Node(operation: "apply", children: [number, number + 1]),
        Node(operation: "lambda", children: [domain, number + 2]),
      ]
    } else if random.uniform() < 0.5 {
      added = [
        Node(operation: "bound", words: ["0"]),
        Node(operation: "lambda", children: [domain, number + 1]),
        Node(operation: "apply", children: [number + 2, number]),
      ]
    } else {
      added = [
        Node(operation: "bound", words: ["0"]),
        Node(operation: "let", children: [domain, number, number + 1]),
      ]
    }
    let place = places[number]
    let shift = added.count
    renumber { $0 >= number ? $0 + shift : $0 }
    entries.insert(contentsOf: added.map { Entry.node($0) }, at: place + 1)
    if place < theoryCount { theoryCount += shift }
    return true
  }

  /// Changes every reference to a node.
  private mutating func renumber(_ change: (Int) -> Int) {
    for place in entries.indices {
      switch entries[place] {
      case .node(var node):
        node.children = node.children.map(change)
        entries[place] = .node(node)
      case .declaration(var entry):
        entry.nodes = entry.nodes.map(change)
        entries[place] = .declaration(entry)
      }
    }
    statement = change(statement)
    proof = change(proof)
  }
}

extension Draft {
  /// Removes the line at a place of `entries`; what referred to its node refers to the one before.
  mutating func removeLine(_ place: Int) {
    if case .node = entries[place] {
      let number = entries[..<place].count { if case .node = $0 { true } else { false } }
      renumber { $0 > number || ($0 == number && number > 0) ? $0 - 1 : $0 }
    }
    entries.remove(at: place)
    if place < theoryCount { theoryCount -= 1 }
  }
}
