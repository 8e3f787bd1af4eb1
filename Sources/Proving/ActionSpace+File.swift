public import Kernel
public import PeanoSyntax

extension ActionSpace {
  /// The actions that a domain file allows: its `#premises` under its `#forward` and `#backward`.
  ///
  /// - Throws: what typing the premises throws.
  public convenience init(
    _ file: ElaboratedFile, limits: ActionLimits = ActionLimits()
  ) throws(KernelError) {
    var premises: [(constant: ConstantID, usage: Usage)] = []
    var rules: [EqualityRule] = []
    for name in file.premises {
      if let rule = EqualityRule(rawValue: name) {
        rules.append(rule)
        continue
      }
      guard let constant = file.theory.constant(named: name) else {
        preconditionFailure("the premise \(name) was resolved when the file was read")
      }
      var usage = Usage()
      if let forward = file.forward.first(where: { $0.constant == constant }) {
        usage.isBackward = false
        usage.patterns = forward.patterns.map { Premise.Pattern(object: $0.object, type: $0.type) }
      }
      if let backward = file.backward.first(where: { $0.constant == constant }) {
        usage.isForward = false
        usage.inferred = Set(backward.modes.indices.filter { backward.modes[$0] == .infer })
      }
      premises.append((constant, usage))
    }
    try self.init(theory: file.theory, premises: premises, rules: rules, limits: limits)
  }
}
