/// The external provers and model finders that are asked, where they are installed.
public struct TruthTools: Sendable {
  /// Path of the equational prover E; nil does without.
  public var eprover: String?
  /// Path of the SMT solver cvc5; nil does without.
  public var cvc5: String?
  /// Wall-clock seconds of each call.
  public var seconds: Double
  /// Address space of each call, in MiB.
  public var memory: Int
  /// Asked often during a call; true ends it, with all that the tool has started.
  public var isCancelled: @Sendable () -> Bool = { false }

  /// What is said in place of asking: by the tool that said it before.
  var repeated: Verdict?

  /// The programs of those names on the search path.
  public init(seconds: Double = 5, memory: Int = 4096) {
    eprover = Subprocess.find("eprover")
    cvc5 = Subprocess.find("cvc5")
    self.seconds = seconds
    self.memory = memory
  }

  /// No tools: built-in evaluation only.
  public static var none: TruthTools {
    var tools = TruthTools(seconds: 0)
    tools.eprover = nil
    tools.cvc5 = nil
    return tools
  }

  /// Tools that are not asked: the one whose verdict it is says it again, the others nothing. It is
  /// believed where the tool would be.
  public func repeating(_ verdict: Verdict) -> TruthTools {
    var tools = self
    tools.repeated = verdict
    return tools
  }

  /// The names of those that are not installed.
  public var missing: [String] {
    (eprover == nil ? ["eprover"] : []) + (cvc5 == nil ? ["cvc5"] : [])
  }
}

/// What a tool said about a conjecture.
enum ToolAnswer: Sendable, Hashable {
  case follows
  /// Its axioms have a model where the conjecture fails; `sizes` of sorts as far as it tells.
  case fails(sizes: [Countermodel.Binding], output: String)
  /// Nothing decisive.
  case silent

  /// Reads what eprover prints: the SZS status of Sutcliffe's ontology.
  static func eprover(_ output: String) -> ToolAnswer {
    for line in output.split(separator: "\n") {
      guard let range = line.firstRange(of: "SZS status ") else { continue }
      switch line[range.upperBound...].prefix(while: { $0.isLetter }) {
      case "Theorem", "ContradictoryAxioms": return .follows
      case "CounterSatisfiable": return .fails(sizes: [], output: String(line))
      default: return .silent
      }
    }
    return .silent
  }

  /// Reads what cvc5 prints: `sat` with a model, `unsat`, or anything else.
  static func cvc5(_ output: String) -> ToolAnswer {
    let lines = output.split(separator: "\n")
    switch lines.first {
    case "unsat": return .follows
    case "sat":
      let marker = "; cardinality of "
      let sizes = lines.filter { $0.hasPrefix(marker) }.compactMap { line in
        let words = line.dropFirst(marker.count).split(separator: " ")
        guard words.count == 3, words[1] == "is" else { return nil as Countermodel.Binding? }
        let name = words[0].filter { $0 != "|" }
        return Countermodel.Binding(
          name: name.hasPrefix("t.") ? String(name.dropFirst(2)) : String(name),
          value: String(words[2]))
      }
      return .fails(sizes: sizes, output: lines.dropFirst().joined(separator: "\n"))
    default: return .silent
    }
  }
}

extension Verdict {
  /// The name of the tool that found it; nil if it was evaluated here or nobody found it.
  public var tool: String? {
    switch self {
    case .holds("eprover"): "eprover"
    case .holds("cvc5"): "cvc5"
    case .fails(let model) where model.toolOutput != nil:
      model.name == Countermodel.foundByEprover ? "eprover" : "cvc5"
    case .holds, .fails, .open, .unfit: nil
    }
  }
}

extension ToolAnswer {
  /// What a tool said when it gave a verdict; silent if it was another's.
  init(_ verdict: Verdict, of tool: String) {
    switch verdict {
    case .holds where verdict.tool == tool: self = .follows
    case .fails(let model) where verdict.tool == tool:
      self = .fails(sizes: [], output: model.toolOutput ?? "")
    default: self = .silent
    }
  }
}

extension TruthTools {
  func askEprover(_ problem: String) -> ToolAnswer {
    if let repeated { return ToolAnswer(repeated, of: "eprover") }
    guard let eprover else { return .silent }
    let limit = Int(max(1, seconds.rounded(.up)))
    return ask(
      eprover, ["--auto", "--silent", "--tstp-format", "--cpu-limit=\(limit)"], problem, ".p",
      ToolAnswer.eprover)
  }

  func askCVC5(_ problem: String) -> ToolAnswer {
    if let repeated { return ToolAnswer(repeated, of: "cvc5") }
    guard let cvc5 else { return .silent }
    let limit = Int(max(1, seconds * 1000))
    return ask(
      cvc5,
      ["--lang=smt2", "--finite-model-find", "--produce-models", "--tlimit=\(limit)"], problem,
      ".smt2", ToolAnswer.cvc5)
  }

  private func ask(
    _ path: String, _ arguments: [String], _ problem: String, _ suffix: String,
    _ read: (String) -> ToolAnswer
  ) -> ToolAnswer {
    guard !isCancelled(), let file = TemporaryFile.write(problem, suffix: suffix) else {
      return .silent
    }
    let process = Subprocess(
      path: path, arguments: arguments + [file.path], seconds: seconds, memory: memory,
      isCancelled: isCancelled)
    switch process.run() {
    case .finished(let output, _): return read(output)
    case .outOfTime, .cancelled, .failed: return .silent
    }
  }
}
