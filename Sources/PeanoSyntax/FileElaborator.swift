import Kernel

/// Elaborates one file, item by item.
struct FileElaborator {
  let tree: SyntaxTree
  var builder = TheoryBuilder(limits: TermElaborator.limits)
  private var log = DiagnosticLog()
  private var theoremReader: TheoremReader
  /// Where each name is declared, for uses before the declaration.
  private var laterNames: [String: SourceRange] = [:]
  /// Names whose declaration failed: complaints about them would repeat the cause.
  private var failedNames: Set<String> = []
  /// Names of a constant's inputs as written, nil for an unnamed one.
  var inputNames: [ConstantID: [String?]] = [:]
  /// Declared propositions, in order.
  private var axioms: [String] = []

  init(_ tree: SyntaxTree) {
    self.tree = tree
    theoremReader = TheoremReader(source: tree.source)
    for case .declaration(let declaration) in tree.items {
      if laterNames[declaration.name.text] == nil {
        laterNames[declaration.name.text] = declaration.name.range
      }
    }
  }

  mutating func file() throws(SyntaxError) -> ElaboratedFile {
    for item in tree.items {
      if log.isFull { break }
      if mentionsFailedName(item) {
        if case .declaration(let declaration) = item { failedNames.insert(declaration.name.text) }
        continue
      }
      var diagnostics = DiagnosticLog()
      let succeeded = diagnostics.collect { () throws(SyntaxError) in try read(item) }
      if case .declaration(let declaration) = item {
        laterNames[declaration.name.text] = nil
        if !succeeded { failedNames.insert(declaration.name.text) }
      }
      append(diagnostics)
    }
    var annotations = AnnotationReader(
      source: tree.source, theory: builder.theory, arena: builder.arena, inputNames: inputNames)
    for case .annotation(let annotation) in tree.items where !mentionsFailedName(.annotation(annotation)) {
      var diagnostics = DiagnosticLog()
      diagnostics.collect { () throws(SyntaxError) in try annotations.read(annotation) }
      append(diagnostics)
    }
    try log.finish()
    return ElaboratedFile(
      theory: builder.freeze(), premises: annotations.premises ?? axioms + Vocabulary.rules,
      forward: annotations.forward, backward: annotations.backward,
      theorems: theoremReader.theorems)
  }
}
