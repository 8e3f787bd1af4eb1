public import Hashing
public import Kernel

/// A theorem with its proof and the theory that it is proved in, free of any arena: what leaves the
/// program for others to check.
///
/// Terms are nodes of one numbered, acyclic graph: a node refers to earlier nodes only. The text
/// form is described in `SOUNDNESS.md`.
public struct Certificate: Sendable, Hashable {
  /// One layer of a term; children are numbers of earlier nodes.
  public enum Node: Sendable, Hashable {
    case sort(Sort)
    /// A bound variable, counted from the innermost binder.
    case bound(Int)
    case constant(String)
    /// A numeral of the type of that name.
    case numeral(type: String, value: Natural)
    case apply(Int, Int)
    case lambda(domain: Int, body: Int)
    case forall(domain: Int, body: Int)
    case define(type: Int, value: Int, body: Int)
  }

  /// One declaration of the theory.
  public enum Declaration: Sendable, Hashable {
    /// A constant or axiom.
    case assume(name: String, type: Int)
    /// A transparent definition.
    case define(name: String, type: Int, value: Int)
    /// A theorem of the domain file, with its proof.
    case prove(name: String, statement: Int, proof: Int)
    /// Numerals: 0 is `zero`, n+1 is `successor` of n.
    case literals(type: String, zero: String, successor: String)
    /// An operation that computes on numerals, by its two equations.
    case computable(operation: String, atZero: String, atSuccessor: String)
  }

  /// Declarations with the nodes that they mention, in order.
  ///
  /// The text and its hash are made once: a run stores thousands of certificates over one theory.
  public struct Theory: Sendable {
    /// A declaration and its place among the nodes.
    public struct Entry: Sendable, Hashable {
      public let declaration: Declaration
      /// The number of nodes that come before it, and that it may mention.
      public let nodeCount: Int

      public init(_ declaration: Declaration, nodeCount: Int) {
        self.declaration = declaration
        self.nodeCount = nodeCount
      }
    }

    public let nodes: [Node]
    public let declarations: [Entry]
    /// The lines from `theory` through `end-theory`.
    public let text: String
    /// SHA-256 of ``text``: names the theory in every certificate.
    public let hash: Digest

    /// - Precondition: the counts of `declarations` do not decrease, and none exceeds `nodes`.
    public init(nodes: [Node], declarations: [Entry]) {
      self.nodes = nodes
      self.declarations = declarations
      text = Theory.text(nodes, declarations)
      hash = SHA256.hash(text)
    }
  }

  public let theory: Theory
  /// The nodes after those of the theory; their numbers go on where the theory stops.
  public let nodes: [Node]
  /// The assumptions that statement and proof depend on, in order of declaration.
  public let axioms: [String]
  public let statement: Int
  public let proof: Int

  public init(
    theory: Theory, nodes: [Node], axioms: [String], statement: Int, proof: Int
  ) {
    self.theory = theory
    self.nodes = nodes
    self.axioms = axioms
    self.statement = statement
    self.proof = proof
  }

  /// The node of that number, of the theory or of the theorem.
  public subscript(number: Int) -> Node {
    number < theory.nodes.count ? theory.nodes[number] : nodes[number - theory.nodes.count]
  }

  /// Number of nodes, those of the theory included.
  public var nodeCount: Int { theory.nodes.count + nodes.count }
}

// MARK: Text

extension Certificate {
  /// The version of the text form.
  public static let version = 1

  public var text: String {
    var text = "minimo-certificate \(Certificate.version)\ntheory-hash \(theory.hash)\n"
    text += theory.text
    for (index, node) in nodes.enumerated() {
      text += "\(theory.nodes.count + index) \(node)\n"
    }
    text += (["axioms"] + axioms).joined(separator: " ")
    text += "\nstatement \(statement)\nproof \(proof)\nend\n"
    return text
  }
}

extension Certificate.Theory {
  private static func text(_ nodes: [Certificate.Node], _ declarations: [Entry]) -> String {
    var text = "theory\n"
    var number = 0
    func addNodes(through count: Int) {
      while number < count {
        text += "\(number) \(nodes[number])\n"
        number += 1
      }
    }
    for entry in declarations {
      addNodes(through: entry.nodeCount)
      text += "\(entry.declaration)\n"
    }
    addNodes(through: nodes.count)
    return text + "end-theory\n"
  }
}

extension Certificate.Theory: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Certificate.Node: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sort(let sort): "sort \(sort)"
    case .bound(let index): "bound \(index)"
    case .constant(let name): "constant \(name)"
    case .numeral(let type, let value): "numeral \(type) \(value)"
    case .apply(let function, let argument): "apply \(function) \(argument)"
    case .lambda(let domain, let body): "lambda \(domain) \(body)"
    case .forall(let domain, let body): "forall \(domain) \(body)"
    case .define(let type, let value, let body): "let \(type) \(value) \(body)"
    }
  }
}

extension Certificate.Declaration: CustomStringConvertible {
  public var description: String {
    switch self {
    case .assume(let name, let type): "assume \(name) \(type)"
    case .define(let name, let type, let value): "define \(name) \(type) \(value)"
    case .prove(let name, let statement, let proof): "prove \(name) \(statement) \(proof)"
    case .literals(let type, let zero, let successor): "literals \(type) \(zero) \(successor)"
    case .computable(let operation, let atZero, let atSuccessor):
      "computable \(operation) \(atZero) \(atSuccessor)"
    }
  }
}
