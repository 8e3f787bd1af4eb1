/// Writes the declarations of a legacy file as a strict file declares them.
///
/// Bound names get their quotes, apart from one another; all other repairs were made when the items
/// came here.
struct StrictText {
  private(set) var text = ""
  /// Written and new names of the binders around the current place, innermost last.
  private var scope: [(written: String, new: String)] = []
  /// Names that mean a constant where no binder has them.
  private var constants = Vocabulary.builtIn
  /// Written and new names of each constant's inputs.
  private var inputs: [String: [(written: String, new: String)]] = [:]

  mutating func declare(_ name: SyntaxName, _ type: SyntaxTerm, _ value: SyntaxTerm?) {
    let declaration = SyntaxDeclaration(
      name: name, type: quoted(type), value: value.map { quoted($0) })
    constants.insert(name.text)
    if case .arrow(let named, _, _) = type, case .arrow(let new, _, _) = declaration.type {
      inputs[name.text] = zip(named, new).compactMap { written, new in
        written.name.flatMap { name in new.name.map { (name, $0) } }
      }
    }
    text += declaration.description + "\n"
  }

  mutating func annotate(_ annotation: SyntaxAnnotation) {
    var annotation = annotation
    if case .forward(let name, let patterns) = annotation.kind {
      scope = inputs[name.text] ?? []
      let patterns = patterns.map { pattern in
        SyntaxPattern(
          object: pattern.object.map { quoted($0) }, type: quoted(pattern.type),
          range: pattern.range)
      }
      scope = []
      annotation = SyntaxAnnotation(kind: .forward(name, patterns), range: annotation.range)
    }
    text += annotation.description + "\n"
  }

  private mutating func quoted(_ term: SyntaxTerm) -> SyntaxTerm {
    let outer = scope.count
    defer { scope.removeSubrange(outer...) }
    switch term {
    case .name(let name, let range): return .name(new(name), range)
    case .numeral: return term
    case .application(let function, let arguments, let range):
      return .application(quoted(function), arguments.map { quoted($0) }, range)
    case .arrow(let inputs, let output, let range):
      var new: [SyntaxInput] = []
      for input in inputs {
        let type = quoted(input.type)
        new.append(SyntaxInput(name: input.name.map { bind($0) }, type: type))
      }
      return .arrow(new, quoted(output), range)
    case .lambda(let binders, let body, let range):
      var new: [SyntaxBinder] = []
      for binder in binders {
        let type = quoted(binder.type)
        new.append(SyntaxBinder(name: bind(binder.name), type: type, range: binder.range))
      }
      return .lambda(new, quoted(body), range)
    case .local(let binder, let value, let body, let range):
      let (type, value) = (quoted(binder.type), quoted(value))
      let new = SyntaxBinder(name: bind(binder.name), type: type, range: binder.range)
      return .local(new, value, quoted(body), range)
    }
  }

  /// A quoted name that no binder around has.
  private mutating func bind(_ name: String) -> String {
    var new = Vocabulary.isBound(name) ? name : "'" + name
    while scope.contains(where: { $0.new == new }) { new += "_" }
    scope.append((name, new))
    return new
  }

  /// What a name is called now: the binder's, else the constant's, else that of the binder from
  /// which it differs by its quote.
  private func new(_ name: String) -> String {
    if let bound = scope.last(where: { $0.written == name }) { return bound.new }
    if constants.contains(name) { return name }
    let other = Vocabulary.isBound(name) ? String(name.dropFirst()) : "'" + name
    return scope.last { $0.written == other }?.new ?? name
  }
}
