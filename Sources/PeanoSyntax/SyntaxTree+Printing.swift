/// Text that parses to the same tree; comments are gone, one item per line.
extension SyntaxTree: CustomStringConvertible {
  public var description: String {
    items.map { $0.description + "\n" }.joined()
  }
}

extension SyntaxItem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .declaration(let declaration): declaration.description
    case .annotation(let annotation): annotation.description
    case .theorem(let theorem): theorem.description
    }
  }
}

extension SyntaxDeclaration: CustomStringConvertible {
  public var description: String {
    "\(name.text) : \(type)" + (value.map { " = \($0)" } ?? "") + "."
  }
}

extension SyntaxAnnotation: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .forward(let name, let patterns):
      let inputs = patterns.map { pattern in
        " (\(pattern.object?.description ?? Vocabulary.unnamed) : \(pattern.type))"
      }
      return "#forward \(name.text)\(inputs.joined())."
    case .backward(let name, let modes):
      return "#backward \(name.text)\(modes.map { " " + $0.rawValue }.joined())."
    case .literal(let type, let zero, let successor):
      return "#literal \(type.text) \(zero.text) \(successor.text)."
    case .computable(let operation, let atZero, let atSuccessor):
      return "#computable \(operation.text) \(atZero.text) \(atSuccessor.text)."
    case .premises(let names):
      return "#premises \(names.map(\.text).joined(separator: " "))."
    }
  }
}

extension SyntaxTheorem: CustomStringConvertible {
  public var description: String {
    let head = "theorem \(name.text) : \(statement)"
    if let legacyScript {
      return (legacyScript.hasGoal ? head : "verify \(name.text)") + " {\n\(legacyScript)}"
    }
    guard let script else { return head + "." }
    return head + " {\n\(script)}"
  }
}

extension ProofScript: CustomStringConvertible {
  /// The steps, one per line, indented by two spaces per block.
  public var description: String {
    var text = ""
    write(steps, indent: 1, to: &text)
    return text
  }

  private func write(_ steps: [ProofStep], indent: Int, to text: inout String) {
    let margin = String(repeating: "  ", count: indent)
    for step in steps {
      text += "\(margin)\(step.action).\n"
      for goal in step.goals {
        text += "\(margin)goal \(goal.statement) {\n"
        write(goal.steps, indent: indent + 1, to: &text)
        text += margin + "}\n"
      }
    }
  }
}

extension ProofStep.Action: CustomStringConvertible {
  /// The step without its final dot.
  public var description: String {
    switch self {
    case .intro(let binder): "intro \(binder)"
    case .construct(let binder, let term): "construct \(binder) by \(term)"
    case .show(let statement, let term): "show \(statement) by \(term)"
    case .apply(let term): "apply \(term)"
    }
  }
}

extension SyntaxBinder: CustomStringConvertible {
  public var description: String { "\(name) : \(type)" }
}

extension SyntaxInput: CustomStringConvertible {
  public var description: String { name.map { "(\($0) : \(type))" } ?? type.description }
}

extension SyntaxTerm: CustomStringConvertible {
  public var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .name(let name, _), .numeral(let name, _):
      text += name
    case .application(let function, let arguments, _):
      text += "("
      function.write(to: &text)
      for argument in arguments {
        text += " "
        argument.write(to: &text)
      }
      text += ")"
    case .arrow(let inputs, let output, _):
      text += "["
      for input in inputs {
        if let name = input.name { text += "(\(name) : " }
        input.type.write(to: &text)
        text += input.name == nil ? " -> " : ") -> "
      }
      output.write(to: &text)
      text += "]"
    case .lambda(let binders, let body, _):
      text += "(lambda ("
      for (index, binder) in binders.enumerated() {
        text += (index > 0 ? ", " : "") + binder.name + " : "
        binder.type.write(to: &text)
      }
      text += ") "
      body.write(to: &text)
      text += ")"
    case .local(let binder, let value, let body, _):
      text += "(let (\(binder.name) : "
      binder.type.write(to: &text)
      text += " = "
      value.write(to: &text)
      text += ") "
      body.write(to: &text)
      text += ")"
    }
  }
}

extension LegacyScript: CustomStringConvertible {
  /// The steps, one per line, indented by two spaces per block.
  public var description: String {
    var text = ""
    // Blocks may nest deeper than the stack is high.
    var open = [steps[...]]
    while let step = open[open.count - 1].popFirst() ?? closed(&open, &text) {
      text += String(repeating: "  ", count: open.count) + "\(step.action)"
      guard step.isBlock else {
        text += ".\n"
        continue
      }
      text += " {\n"
      open.append(step.steps[...])
    }
    return text
  }

  /// Closes the blocks that are finished, and gives the step after them.
  private func closed(_ open: inout [ArraySlice<LegacyStep>], _ text: inout String) -> LegacyStep? {
    while open.count > 1 {
      open.removeLast()
      text += String(repeating: "  ", count: open.count) + "}\n"
      if let next = open[open.count - 1].popFirst() { return next }
    }
    return nil
  }
}

extension LegacyStep {
  fileprivate var isBlock: Bool {
    switch action {
    case .goal, .have: true
    default: false
    }
  }
}

extension LegacyStep.Action: CustomStringConvertible {
  public var description: String {
    func binder(_ binder: SyntaxBinder, _ value: SyntaxTerm?) -> String {
      "\(binder.name) : \(binder.type)" + (value.map { " = \($0)" } ?? "")
    }
    switch self {
    case .intro(let bound): return "intro \(binder(bound, nil))"
    case .construct(let bound, let value, let rule):
      return "construct \(binder(bound, value)) by \(rule.text)"
    case .show(let statement, let rule): return "show \(statement) by \(rule.text)"
    case .apply(let rule): return "apply \(rule.text)"
    case .goal(let statement): return "goal \(statement)"
    case .have(let statement): return "have \(statement)"
    case .currentGoal(let statement): return "current goal : \(statement)"
    case .define(let bound, let value): return "let \(binder(bound, value))"
    case .halt: return "halt"
    }
  }
}
