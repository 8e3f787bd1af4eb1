import Kernel

/// What differs between the languages that terms are written in.
///
/// Functions, products, `let` and application look the same in Coq and Lean.
struct ProofLanguage: Sendable {
  /// A primitive constant: `head` applied to the arguments in `order` when there are enough of
  /// them, else the function `alone`.
  struct Primitive: Sendable {
    let head: String
    let order: [Int]
    let alone: String
  }

  let prop: String
  let type: String
  let kind: String
  /// Between the value and the body of a `let`.
  let letEnd: String
  let primitives: [String: Primitive]
  let constant: @Sendable (String) -> String
  /// A positive numeral, given its type, zero, successor and digits.
  let numeral: @Sendable (String, String, String, String) -> String
}

/// Writes terms in a language, iteratively.
///
/// A term is a graph and its text a tree. A large part that occurs again is named by a `let`: a
/// closed one in front of everything, any other right below the innermost binder around all its
/// occurrences that meet no other binder. What remains repeated is bounded by ``byteLimit``.
struct TermWriter {
  /// Parts of at least this many nodes are worth a name.
  static let shareableSize = 48
  static let byteLimit = 16 << 20

  let language: ProofLanguage
  /// Zero and successor of the types with numerals.
  let families: [String: (zero: String, successor: String)]
  /// The declaration that is written: errors name it.
  let declaration: String
  let graph: TermGraph
  /// Names that are in scope.
  let isDeclared: (String) -> Bool

  private var output = WrappedText()
  private var pending: [Item] = []
  /// Names of repeated parts: closed ones, and those of each binder around the current place.
  private var closedNames: [Int: String] = [:]
  private var scopes: [[Int: String]] = []
  private var nameCount = 0
  private var isSharing = false

  private enum Place { case argument, arrowSource, anywhere }

  private enum Item {
    case text(String)
    case term(Int, depth: Int, Place)
    /// The body of a binder, where repeated parts get names.
    case body(Int, depth: Int)
    /// A part that has, or is about to get, a name.
    case named(Int, depth: Int)
    case name(Int, String)
    case endBody
  }

  init(
    _ language: ProofLanguage, _ families: [String: (zero: String, successor: String)],
    _ graph: TermGraph, of declaration: String, isDeclared: @escaping (String) -> Bool
  ) {
    self.language = language
    self.families = families
    self.graph = graph
    self.declaration = declaration
    self.isDeclared = isDeclared
  }

  /// The text of `root`, below `depth` binders named `x0`, `x1`, ….
  ///
  /// - Parameter isArgument: puts it into parentheses where they are needed.
  /// - Parameter sharing: names repeated parts.
  mutating func text(
    _ root: Int, depth: Int = 0, isArgument: Bool = false, sharing: Bool = false
  ) throws(ExportError) -> String {
    let place: Place = isArgument ? .argument : .anywhere
    output = WrappedText()
    (closedNames, scopes, nameCount) = ([:], [], 0)
    isSharing = sharing
    pending = [sharing ? .body(root, depth: depth) : .term(root, depth: depth, place)]
    if sharing { push(definitions(of: repeatedClosedParts(of: root), depth: depth)) }
    while let item = pending.popLast() {
      try write(item)
      if output.byteCount > Self.byteLimit {
        throw .tooLarge(declaration: declaration, bytes: Self.byteLimit)
      }
    }
    return output.text
  }

  /// The text of a statement: as it is, unless that would be too long to read anyway.
  mutating func statement(_ root: Int) throws(ExportError) -> String {
    try text(root, sharing: graph.size(root) > 10_000)
  }

  private mutating func push(_ items: [Item]) {
    pending += items.reversed()
  }

  private mutating func write(_ item: Item) throws(ExportError) {
    switch item {
    case .text(let text): output.append(text)
    case .term(let node, let depth, let place):
      if let name = closedNames[node] ?? scopes.last?[node] {
        output.append(name)
      } else {
        try write(node, depth, place)
      }
    case .named(let node, let depth): try write(node, depth, .anywhere)
    case .name(let node, let name):
      if graph.isClosed(node) {
        closedNames[node] = name
      } else {
        scopes[scopes.count - 1][node] = name
      }
    case .body(let root, let depth) where !isSharing:
      try write(root, depth, .anywhere)
    case .body(let root, let depth):
      scopes.append([:])
      let repeated = repeatedParts(of: root)
      push(
        definitions(of: repeated, depth: depth)
          + [.term(root, depth: depth, .anywhere), .endBody])
    case .endBody: scopes.removeLast()
    }
  }

  private mutating func write(_ node: Int, _ depth: Int, _ place: Place) throws(ExportError) {
    switch graph.nodes[node] {
    case .sort(.prop): output.append(language.prop)
    case .sort(.type): output.append(language.type)
    case .sort(.kind): output.append(language.kind)
    case .bound(let index):
      guard index < depth else { throw .unboundVariable(in: declaration) }
      output.append("x\(depth - 1 - index)")
    case .constant, .apply: try writeApplication(node, depth, place)
    case .numeral(let type, let value):
      guard let (zero, successor) = families[type], isDeclared(type) else {
        throw .unknownConstant(type, in: declaration)
      }
      let names = [type, zero, successor].map(language.constant)
      output.append(
        value.isZero ? names[1] : language.numeral(names[0], names[1], names[2], "\(value)"))
    case .lambda(let domain, let body):
      push(
        enclosed(
          place != .anywhere,
          [
            .text("fun x\(depth) : "), .term(domain, depth: depth, .anywhere), .text(" => "),
            .body(body, depth: depth + 1),
          ]))
    case .forall(let domain, let body):
      let start: [Item] =
        graph.usesBinder(body)
        ? [.text("forall x\(depth) : "), .term(domain, depth: depth, .anywhere), .text(", ")]
        : [.term(domain, depth: depth, .arrowSource), .text(" -> ")]
      push(enclosed(place != .anywhere, start + [.body(body, depth: depth + 1)]))
    case .define(let type, let value, let body):
      push(
        enclosed(
          place != .anywhere,
          [
            .text("let x\(depth) : "), .term(type, depth: depth, .anywhere), .text(" := "),
            .term(value, depth: depth, .anywhere), .text(language.letEnd),
            .body(body, depth: depth + 1),
          ]))
    }
  }

  private mutating func writeApplication(
    _ node: Int, _ depth: Int, _ place: Place
  ) throws(ExportError) {
    var (head, arguments) = graph.spine(node)
    var items: [Item]
    if case .constant(let name) = graph.nodes[head] {
      if let primitive = language.primitives[name] {
        let count = primitive.order.count
        items = [.text(arguments.count >= count ? primitive.head : primitive.alone)]
        if arguments.count >= count {
          arguments = primitive.order.map { arguments[$0] } + arguments[count...]
        }
      } else {
        guard isDeclared(name) else { throw .unknownConstant(name, in: declaration) }
        items = [.text(language.constant(name))]
      }
    } else {
      items = [.term(head, depth: depth, .argument)]
    }
    for argument in arguments {
      items += [.text(" "), .term(argument, depth: depth, .argument)]
    }
    push(enclosed(place == .argument && !arguments.isEmpty, items))
  }

  private func enclosed(_ isEnclosed: Bool, _ items: [Item]) -> [Item] {
    isEnclosed ? [.text("(")] + items + [.text(")")] : items
  }

  // MARK: Sharing

  private mutating func definitions(of parts: [Int], depth: Int) -> [Item] {
    parts.flatMap { part -> [Item] in
      let name = "d\(nameCount)"
      nameCount += 1
      return [
        .text("let \(name) := "), .named(part, depth: depth), .text(language.letEnd),
        .name(part, name),
      ]
    }
  }

  private func isShareable(_ node: Int) -> Bool { graph.size(node) >= Self.shareableSize }

  /// Large closed parts that more than one part of `root` consists of, smaller ones first.
  private func repeatedClosedParts(of root: Int) -> [Int] {
    guard graph.size(root) >= 2 * Self.shareableSize else { return [] }
    var counts: [Int: Int] = [:]
    for node in graph.reachable(from: root) where isShareable(node) {
      for (part, _) in graph.nodes[node].parts where isShareable(part) && graph.isClosed(part) {
        counts[part, default: 0] += 1
      }
    }
    return counts.filter { $0.value > 1 }.keys.sorted()
  }

  /// Large parts that occur more than once in `root` outside further binders.
  private func repeatedParts(of root: Int) -> [Int] {
    guard graph.size(root) >= 2 * Self.shareableSize else { return [] }
    var counts: [Int: Int] = [root: 1]
    var pending = [root]
    while let node = pending.popLast() {
      for (part, isBody) in graph.nodes[node].parts
      where !isBody && isShareable(part) && closedNames[part] == nil {
        counts[part, default: 0] += 1
        if counts[part] == 1 { pending.append(part) }
      }
    }
    return counts.filter { $0.value > 1 && !graph.isClosed($0.key) }.keys.sorted()
  }
}

/// Text whose lines are broken at spaces once they are long.
private struct WrappedText {
  private(set) var text = ""
  private(set) var byteCount = 0
  /// What comes before the text on its first line is not known here.
  private var column = 16

  /// The column after which a line ends at the next space.
  private static let fill = 84

  mutating func append(_ piece: String) {
    if column > Self.fill, piece.first == " " {
      newLine()
      add(piece.dropFirst())
    } else if column > Self.fill, piece.last == " " {
      add(piece.dropLast())
      newLine()
    } else {
      add(piece[...])
    }
  }

  private mutating func add(_ piece: Substring) {
    text += piece
    column += piece.utf8.count
    byteCount += piece.utf8.count
  }

  private mutating func newLine() {
    text += "\n    "
    column = 4
    byteCount += 5
  }
}
