import Kernel

extension TermElaborator {
  func unknownName(_ name: String, _ range: SourceRange) -> SyntaxError {
    if let use = ruleUse(name) {
      return error("`\(name)` is a rule, not a term", fix: use, range)
    }
    if Vocabulary.isBound(name) {
      let bare = String(name.dropFirst())
      return error(
        "unknown bound name `\(name)`",
        fix: theory.constant(named: bare) != nil
          ? "write `\(bare)` for the constant, without the quote"
          : suggestion(for: name, among: locals.map(\.name))
            ?? (name.contains("->")
              ? "put spaces around `->`: it may be part of a name"
              : "bind it first: [('x : T) -> U] or (lambda ('x : T) body)" + Repair.hint),
        range)
    }
    if locals.contains(where: { $0.name == "'" + name }) {
      return error(
        "unknown name `\(name)`",
        fix: "bound names keep their quote: write `'\(name)`" + Repair.hint,
        range)
    }
    if pending.failed.contains(name) {
      return SyntaxError(
        "`\(name)` was refused", fix: "fix its declaration", at: range, in: source,
        isConsequence: true)
    }
    if pending.current == name {
      return error(
        "`\(name)` is used in its own declaration",
        fix: "nothing is recursive here: declare it, then state its equations as axioms", range)
    }
    if let later = pending.later[name] {
      let position = source.position(of: later)
      return error(
        "`\(name)` is used before its declaration on line \(position.line)",
        fix: "move the declaration up" + Repair.hint, range)
    }
    let candidates = theory.declarations.map(\.name) + locals.map(\.name)
    return error(
      "unknown name `\(name)`",
      fix: suggestion(for: name, among: candidates)
        ?? (name.contains("->")
          ? "put spaces around `->`: it may be part of a name"
          : "declare it first: \(name) : type."),
      range)
  }

  private func ruleUse(_ name: String) -> String? {
    switch name {
    case "eq_refl": "write (refl T a) for the proof of (= a a)"
    case "eq_symm", "rewrite", "norm": "use it in a script step, or write (subst T a b p h e)"
    default: nil
    }
  }
}

/// `did you mean …`, for the known name nearest to `name`, if one is near.
func suggestion(for name: String, among known: [String]) -> String? {
  let limit = name.utf8.count == 1 ? 0 : max(1, name.utf8.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in known {
    guard abs(candidate.utf8.count - name.utf8.count) <= limit else { continue }
    let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best.map { "did you mean `\($0.name)`?" }
}

/// Insertions, deletions, replacements and swaps of neighbors that turn `a` into `b` (optimal
/// string alignment; Damerau, CACM 1964).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var distance = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
