import Hashing
public import RunStore
public import Truth

/// The classified statements of a run, kept as `exports/truth.json` in its folder.
///
/// A run that has ended does not change, so what is found out about it later lies beside the
/// record, in the folder whose files the run's seal takes up (`Run.sealExports`).
public struct TruthRecord: Sendable {
  /// What is known about one statement.
  public struct Entry: Sendable, Hashable {
    public var statement: String
    public var verdict: Verdict
    /// Wall-clock seconds that each tool had.
    public var seconds: Double
    /// The tools that were asked, by name.
    public var tools: [String]

    public init(statement: String, verdict: Verdict, seconds: Double, tools: [String]) {
      self.statement = statement
      self.verdict = verdict
      self.seconds = seconds
      self.tools = tools
    }

    /// Whether it is a tool's answer, and asking others now could not tell more. What evaluation
    /// found is evaluated again.
    func isFinal(for other: TruthTools) -> Bool {
      if case .open = verdict {
        return seconds >= other.seconds && other.names.allSatisfy(tools.contains)
      }
      return verdict.tool != nil
    }
  }

  /// The hash of the axioms that the statements are about.
  public let theoryHash: String
  /// The hash of the run when the record was last written; the run may have gone on since.
  public var runHash: String
  /// Who found that the axioms contradict one another, so that every statement is true.
  public var inconsistency: String?
  /// By the hash of the statement.
  public var entries: [String: Entry]

  /// The name of the file in `exports/`.
  static let fileName = "truth.json"
  private static let format: Int64 = 1
  private static let sizeLimit = 1 << 28

  init(theoryHash: String, runHash: String, entries: [String: Entry] = [:]) {
    self.theoryHash = theoryHash
    self.runHash = runHash
    self.entries = entries
  }

  /// The record in a run folder; nil if there is none that counts, see `isIgnored`.
  ///
  /// - Throws: `StoreError.damaged` if the file is not one that was written for this run.
  public init?(of run: Run) throws(StoreError) {
    guard let bytes = try run.readExport(TruthRecord.fileName, limit: TruthRecord.sizeLimit) else {
      return nil
    }
    guard TruthRecord.isVouched(bytes, in: run) else { return nil }
    func damaged(_ reason: String) -> StoreError {
      .damaged(place: run.path + "/exports/" + TruthRecord.fileName, reason: reason)
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw damaged("it is not JSON")
    }
    guard case .object(let members) = value, members["format"] == .integer(TruthRecord.format),
      case .string(let theoryHash)? = members["theoryHash"],
      case .string(let runHash)? = members["runHash"],
      case .object(let statements)? = members["statements"]
    else { throw damaged("it is no record of classified statements") }
    guard theoryHash == run.description.theoryHash else {
      throw damaged("it is about other axioms")
    }
    var entries: [String: Entry] = [:]
    for (hash, value) in statements {
      guard let entry = Entry(value) else { throw damaged("its entry \(hash) is malformed") }
      entries[hash] = entry
    }
    self.init(theoryHash: theoryHash, runHash: runHash, entries: entries)
    if case .string(let prover)? = members["inconsistentAxioms"] { inconsistency = prover }
  }

  /// Whether a sealed run has a record that its seal does not list: whoever put it there, it does
  /// not count. A run without a seal has nothing to compare with, and its record counts.
  ///
  /// - Throws: `StoreError.damaged` if the seal lists other bytes.
  static func isIgnored(in run: Run) throws(StoreError) -> Bool {
    guard let bytes = try run.readExport(fileName, limit: sizeLimit) else { return false }
    return !isVouched(bytes, in: run)
  }

  private static func isVouched(_ bytes: [UInt8], in run: Run) -> Bool {
    guard let sums = try? readFile(run.path + "/SHA256SUMS", limit: sizeLimit) else { return true }
    let line = "\(SHA256.hash(bytes).hex)  exports/\(fileName)"
    return sums.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(line.utf8) }
  }

  /// Writes the record into the run folder, in one step that survives a crash.
  func write(to run: Run) throws(StoreError) {
    var members: [String: JSONValue] = [
      "format": .integer(TruthRecord.format), "theoryHash": .string(theoryHash),
      "runHash": .string(runHash),
      "statements": .object(entries.mapValues(\.json)),
    ]
    if let inconsistency { members["inconsistentAxioms"] = .string(inconsistency) }
    let text = JSONValue.object(members).text(indented: true) + "\n"
    try run.writeExport(TruthRecord.fileName, Array(text.utf8))
  }
}

extension TruthTools {
  /// The names of those that can be asked.
  var names: [String] {
    (eprover == nil ? [] : ["eprover"]) + (cvc5 == nil ? [] : ["cvc5"])
  }
}

// MARK: JSON

extension TruthRecord.Entry {
  fileprivate var json: JSONValue {
    guard case .object(var members) = verdict.json else { preconditionFailure("no object") }
    members["statement"] = .string(statement)
    members["seconds"] = .number(seconds)
    members["tools"] = .array(tools.map { .string($0) })
    return .object(members)
  }

  fileprivate init?(_ value: JSONValue) {
    guard case .object(let members) = value, let verdict = Verdict(value),
      case .string(let statement)? = members["statement"],
      case .array(let tools)? = members["tools"]
    else { return nil }
    let seconds: Double
    switch members["seconds"] {
    case .number(let value): seconds = value
    case .integer(let value): seconds = Double(value)
    default: return nil
    }
    self.init(
      statement: statement, verdict: verdict, seconds: seconds,
      tools: tools.compactMap { if case .string(let name) = $0 { name } else { nil } })
  }
}

extension Verdict {
  /// Tools print without bound.
  private static let shownOutput = 4000

  /// The verdict for programs: `verdict`, and what belongs to it.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["verdict": .string(word)]
    switch self {
    case .holds(let prover): members["by"] = .string(prover)
    case .unfit(let reason): members["reason"] = .string(reason)
    case .open: break
    case .fails(let model):
      members["model"] = .string(model.name)
      members["symbols"] = .array(model.symbols.map(\.json))
      members["assignment"] = .array(model.assignment.map(\.json))
      if let output = model.toolOutput {
        members["toolOutput"] = .string(String(output.prefix(Verdict.shownOutput)))
      }
    }
    return .object(members)
  }

  fileprivate init?(_ value: JSONValue) {
    guard case .object(let members) = value, case .string(let word)? = members["verdict"] else {
      return nil
    }
    func text(_ name: String) -> String? {
      if case .string(let text)? = members[name] { text } else { nil }
    }
    func bindings(_ name: String) -> [Countermodel.Binding] {
      guard case .array(let values)? = members[name] else { return [] }
      return values.compactMap(Countermodel.Binding.init(json:))
    }
    switch word {
    case "true":
      guard let prover = text("by") else { return nil }
      self = .holds(by: prover)
    case "false":
      guard let name = text("model") else { return nil }
      self = .fails(
        Countermodel(
          name: name, symbols: bindings("symbols"), assignment: bindings("assignment"),
          toolOutput: text("toolOutput")))
    case "open": self = .open
    case "unfit":
      guard let reason = text("reason") else { return nil }
      self = .unfit(reason)
    default: return nil
    }
  }
}

extension Countermodel.Binding {
  fileprivate var json: JSONValue { ["name": .string(name), "value": .string(value)] }

  fileprivate init?(json: JSONValue) {
    guard case .object(let members) = json, case .string(let name)? = members["name"],
      case .string(let value)? = members["value"]
    else { return nil }
    self.init(name: name, value: value)
  }
}
