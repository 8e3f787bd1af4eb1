/// Theorems of one theory, each with a name, to be written out for another checker.
public struct TheoremCollection: Sendable {
  public struct Entry: Sendable {
    public let name: String
    public let certificate: Certificate

    public init(name: String, certificate: Certificate) {
      self.name = name
      self.certificate = certificate
    }
  }

  public let theory: Certificate.Theory
  public let entries: [Entry]

  /// - Throws: when a certificate is of another theory, or a name is no name (see
  ///   ``Certificate/isName(_:)``) or given twice.
  public init(theory: Certificate.Theory, _ entries: [Entry]) throws(ExportError) {
    var names: Set<String> = []
    for entry in entries {
      guard entry.certificate.theory.hash == theory.hash else {
        throw .otherTheory(theorem: entry.name)
      }
      guard Certificate.isName(entry.name) else { throw .invalidName(theorem: entry.name) }
      guard names.insert(entry.name).inserted else { throw .duplicateName(theorem: entry.name) }
    }
    self.theory = theory
    self.entries = entries
  }
}

/// A file of an export; `path` is relative to the folder of the export.
public struct ExportedFile: Sendable, Hashable {
  public let path: String
  public let text: String

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// Writes theorems, with their theory, in the language of another checker.
///
/// What is written is a claim, not a proof that it holds: the other checker decides.
public protocol ProofExporter: Sendable {
  /// The files of an export, in the order in which they are to be checked.
  func files(for theorems: TheoremCollection) throws(ExportError) -> [ExportedFile]
}

/// Why theorems cannot be written in another language.
public enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  case otherTheory(theorem: String)
  case invalidName(theorem: String)
  case duplicateName(theorem: String)
  /// A constant that the theory does not declare before it is used.
  case unknownConstant(String, in: String)
  /// A bound variable without a binder.
  case unboundVariable(in: String)
  /// The two equations of a computable operation do not have the form that they must have.
  case invalidRecursion(operation: String)
  /// Written out, with repeated parts named, the term is still longer than `bytes`.
  case tooLarge(declaration: String, bytes: Int)

  public var description: String {
    switch self {
    case .otherTheory(let theorem):
      "the certificate of '\(theorem)' is of another theory than the others; export it by itself"
    case .invalidName(let theorem): "'\(theorem)' cannot be the name of a theorem"
    case .duplicateName(let theorem): "there are two theorems named '\(theorem)'"
    case .unknownConstant(let name, let declaration):
      "'\(declaration)' mentions '\(name)', which is not declared before it"
    case .unboundVariable(let declaration):
      "'\(declaration)' has a bound variable without a binder"
    case .invalidRecursion(let operation):
      "the equations of '\(operation)' are no recursion on its second argument"
    case .tooLarge(let declaration, let bytes):
      "'\(declaration)' takes more than \(bytes) bytes to write out"
    }
  }
}
