import FuzzDriver
public import PeanoSyntax

/// Whatever the bytes, a `.p` file is elaborated or refused with a place in the source; what was
/// parsed prints to a text that parses.
public func requireReadOrRefused(_ bytes: [UInt8], _ dialect: Dialect) {
  let source = SourceFile(path: "input", bytes: bytes)
  var notes: [Diagnostic] = []
  do throws(SyntaxError) {
    let tree = try parse(source, dialect: dialect)
    notes += tree.repairs.notes
    let printed = SourceFile(path: "printed", text: tree.description)
    require(
      (try? parse(printed, dialect: dialect)) != nil, "what was printed does not parse:\n\(tree)")
    _ = try elaborate(tree)
  } catch {
    require(!error.diagnostics.isEmpty, "refused without a reason")
    notes += error.diagnostics
  }
  for note in notes {
    require(
      note.position.line >= 1 && note.position.column >= 1 && !note.message.isEmpty
        && !note.fix.isEmpty && note.underline.contains("^"), "\(note)")
  }
}
