let sorts = ["prop", "type", "kind"]

/// `=`, `refl` and `subst`, in the notation of certificates.
private let primitives = """
  0 sort type;1 sort prop;2 bound 0;3 bound 1;4 bound 2;5 bound 3;\
  6 forall 3 1;7 forall 2 6;8 forall 0 7;assume = 8;\
  9 constant =;10 apply 9 3;11 apply 10 2;12 apply 11 2;13 forall 2 12;14 forall 0 13;\
  assume refl 14;\
  15 forall 4 1;16 apply 9 5;17 apply 16 4;18 apply 17 3;19 apply 3 5;20 apply 4 5;\
  21 forall 19 20;22 forall 18 21;23 forall 15 22;24 forall 3 23;25 forall 2 24;26 forall 0 25;\
  assume subst 26;end-theory;
  """

func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

extension Checker {
  mutating func check(_ text: [UInt8]) throws(RecheckError) -> RecheckResult {
    bytes = primitives.utf8.map { $0 == UInt8(ascii: ";") ? 0x0A : $0 }
    try read(until: "end-theory", inTheory: true)
    primitiveNodes = nodes.count
    let primitiveCount = declarations.count
    (bytes, position, line) = (text, 0, 0)
    try require(text.count <= 64 << 20, .limit, "more than 64 MiB")
    try expect("minimo-certificate", 1)
    try require(field(1) == "1", .malformed, "version \(field(1)) is unknown")
    try expect("theory-hash", 1)
    let (theoryHash, start) = (field(1), position)
    try expect("theory", 0)
    try read(until: "end-theory", inTheory: true)
    try require(
      fields.count == 1 && sha256(text[start..<position]) == theoryHash, .theoryHash,
      "the theory up to here is not the one that 'theory-hash' names")
    try read(until: "axioms", inTheory: false)
    let (claimed, axiomLine) = (fields.indices.dropFirst().map { field($0) }, line)
    try expect("statement", 1)
    let statement = try term(1, closed: true)
    try checkProposition(statement)
    try expect("proof", 1)
    let proof = try term(1, closed: true)
    try check(proof, against: statement)
    let reached = dependencies(of: [statement, proof])
    let axioms = declarations.indices.dropFirst(primitiveCount)
      .filter { reached.contains($0) && declarations[$0].body == nil }
      .map { declarations[$0].name }
    try expect("end", 0)
    try require(position == text.count, .trailing, "text after this line")
    line = axiomLine
    try require(claimed == axioms, .axioms, "these it depends on: \(axioms.joined(separator: " "))")
    return RecheckResult(
      theoryHash: theoryHash, axioms: axioms, nodeCount: nodes.count - primitiveNodes, steps: steps)
  }

  // MARK: Lines

  private mutating func advance() throws(RecheckError) {
    line += 1
    fields.removeAll(keepingCapacity: true)
    repeat {
      let field = bytes[position...].prefix { 0x20 < $0 && $0 < 0x7F }
      position = field.endIndex + 1
      try require(position <= bytes.count, .truncated, "the text ends in this line")
      try require(
        !field.isEmpty && (bytes[position - 1] == 0x20 || bytes[position - 1] == 0x0A), .malformed,
        "an empty field, an empty line, or a byte that is not printable ASCII")
      fields.append(field)
    } while bytes[position - 1] != 0x0A
  }

  /// The next line must be `keyword` and `operands` more fields.
  private mutating func expect(_ keyword: String, _ operands: Int) throws(RecheckError) {
    try advance()
    try require(
      field(0) == keyword && fields.count == operands + 1, .malformed,
      "expected '\(keyword)' with \(operands) operands")
  }

  private func field(_ field: Int) -> String {
    field < fields.count ? String(decoding: fields[field], as: UTF8.self) : ""
  }

  private func digits(_ field: Int, atMost count: Int) throws(RecheckError) -> ArraySlice<UInt8> {
    let digits = fields[field]
    let isNumber =
      digits.allSatisfy(isDigit) && (digits.first != UInt8(ascii: "0") || digits.count == 1)
    try require(isNumber, .number, "'\(self.field(field))' is no number without leading zeros")
    try require(digits.count <= count, .limit, "a number of more than \(count) digits")
    return digits
  }

  private func integer(_ field: Int) throws(RecheckError) -> Int {
    try digits(field, atMost: 9).reduce(0) { 10 * $0 + Int($1 & 15) }
  }

  private func term(_ field: Int, closed: Bool = false) throws(RecheckError) -> Int {
    let node = primitiveNodes + (try integer(field))
    try require(node < nodes.count, .forwardReference, "node \(self.field(field)) is not above")
    let isClosed = facts[node].loose == 0
    try require(isClosed || !closed, .notClosed, "a variable without a binder", at: node)
    return node
  }

  private func constant(_ field: Int) throws(RecheckError) -> Int {
    let constant = names[self.field(field)]
    try require(constant != nil, .undeclared, "'\(self.field(field))' is not declared above")
    return constant!
  }

  // MARK: Nodes and declarations

  private mutating func read(until last: String, inTheory: Bool) throws(RecheckError) {
    try advance()
    while field(0) != last {
      if isDigit(fields[0].first!) {
        try readNode()
      } else {
        try require(inTheory, .malformed, "expected a node or '\(last)'")
        try readDeclaration()
      }
      try advance()
    }
  }

  private mutating func readNode() throws(RecheckError) {
    let number = nodes.count - primitiveNodes
    try require(try integer(0) == number, .numbering, "expected node \(number)")
    var (loose, height) = (0, 1)
    func child(_ field: Int, under binders: Int = 0) throws(RecheckError) -> Int {
      let child = try term(field)
      loose = max(loose, facts[child].loose - binders)
      height = max(height, facts[child].height + 1)
      return child
    }
    let node: Node?
    switch (field(1), fields.count) {
    case ("sort", 3): node = sorts.firstIndex(of: field(2)).map { .sort($0) }
    case ("bound", 3):
      node = .bound(try integer(2))
      loose = try integer(2) + 1
    case ("constant", 3): node = .constant(try constant(2))
    case ("numeral", 4):
      node = .numeral(type: try constant(2), Natural(decimal: try digits(3, atMost: 4096)))
      let hasNumerals = numerals[try constant(2)] != nil
      try require(hasNumerals, .literals, "'\(field(2))' has no numerals")
    case ("apply", 4): node = .apply(try child(2), try child(3))
    case ("lambda", 4): node = .lambda(try child(2), try child(3, under: 1))
    case ("forall", 4): node = .forall(try child(2), try child(3, under: 1))
    case ("let", 5): node = .define(type: try child(2), try child(3), in: try child(4, under: 1))
    default: node = nil
    }
    try require(node != nil, .malformed, "no such operation, or not with these operands")
    try require(height <= 10_000 && number < 4_000_000, .limit, "too many levels or nodes")
    nodes.append(node!)
    facts.append((line, loose, height))
  }

  private mutating func readDeclaration() throws(RecheckError) {
    let count = declarations.count + numerals.count + operations.count
    try require(count < 10_003, .limit, "more than 10,000 declarations")
    switch (field(0), fields.count) {
    case ("literals", 4): try addNumerals(try constant(1), try constant(2), try constant(3))
    case ("computable", 4): try addOperation(try constant(1), try constant(2), try constant(3))
    case ("assume", 3), ("define", 4), ("prove", 4):
      let type = try term(2, closed: true)
      let body = fields.count == 4 ? try term(3, closed: true) : nil
      if field(0) == "prove" { try checkProposition(type) } else { _ = try sort(of: type, in: 0) }
      if let body { try check(body, against: type) }
      let name = field(1)
      let isLegal = name.utf8.allSatisfy {
        isDigit($0) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
          || "'_-+/*=!$^><".utf8.contains($0)
      }
      try require(
        isLegal && name.utf8.count <= 256 && name.first != "'" && !sorts.contains(name), .name,
        "'\(name)' cannot be a name")
      try require(names[name] == nil, .redeclared, "'\(name)' is declared already")
      names[name] = declarations.count
      let value = make(.constant(declarations.count))
      declarations.append(
        Declaration(
          name: name, type: type, body: body, isTransparent: field(0) == "define", value: value))
    default: try require(false, .malformed, "no such declaration, or not with these operands")
    }
  }

  /// The declarations that nodes depend on: what occurs in them and, transitively, in the types,
  /// values and proofs of what occurs. A numeral depends on its type, zero and successor; an
  /// operation that computes, on these and its equations.
  private func dependencies(of roots: [Int]) -> Set<Int> {
    var reached: Set<Int> = []
    var visited = [Bool](repeating: false, count: nodes.count)
    var pending = roots
    while let node = pending.popLast() {
      if visited[node] { continue }
      visited[node] = true
      var constants: [Int] = []
      switch nodes[node] {
      case .sort, .bound: break
      case .constant(let constant): constants = [constant] + (operations[constant]?.constants ?? [])
      case .numeral(let type, _): constants = [type, numerals[type]!.0, numerals[type]!.1]
      case .apply(let f, let a), .lambda(let f, let a), .forall(let f, let a): pending += [f, a]
      case .define(let type, let value, let body): pending += [type, value, body]
      }
      for constant in constants where reached.insert(constant).inserted {
        pending.append(declarations[constant].type)
        if let body = declarations[constant].body { pending.append(body) }
      }
    }
    return reached
  }
}
