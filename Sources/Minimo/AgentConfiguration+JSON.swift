public import Agent
public import RunStore
public import Search

/// The settings that a run records, by name: one table for writing, reading and comparing.
extension AgentConfiguration {
  private struct Field {
    let name: String
    let get: (AgentConfiguration) -> JSONValue
    /// The values that `set` takes.
    let bounds: String
    /// False for a value of the wrong kind or out of bounds.
    let set: (inout AgentConfiguration, JSONValue) -> Bool
  }

  private static func integer(
    _ name: String, _ path: WritableKeyPath<AgentConfiguration, Int>, _ bounds: ClosedRange<Int>
  ) -> Field {
    Field(
      name: name, get: { .integer(Int64($0[keyPath: path])) },
      bounds: "from \(bounds.lowerBound) to \(bounds.upperBound)"
    ) { configuration, value in
      guard case .integer(let number) = value, bounds.contains(Int(number)) else { return false }
      configuration[keyPath: path] = Int(number)
      return true
    }
  }

  private static func real(
    _ name: String, _ path: WritableKeyPath<AgentConfiguration, Double>
  ) -> Field {
    Field(
      name: name, get: { .number($0[keyPath: path]) }, bounds: "at least 0"
    ) { configuration, value in
      switch value {
      case .number(let number): configuration[keyPath: path] = number
      case .integer(let number): configuration[keyPath: path] = Double(number)
      default: return false
      }
      return configuration[keyPath: path].isFinite && configuration[keyPath: path] >= 0
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<AgentConfiguration, Choice>
  ) -> Field {
    let names = Choice.allCases.map(\.rawValue)
    return Field(
      name: name, get: { .string($0[keyPath: path].rawValue) },
      bounds: names.dropLast().joined(separator: ", ") + " or " + names.suffix(1).joined()
    ) { configuration, value in
      guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
        return false
      }
      configuration[keyPath: path] = choice
      return true
    }
  }

  private static var fields: [Field] {
    [
      integer("iterations", \.iterations, 0...1_000_000),
      integer("conjectures", \.conjectures, 1...1_000_000),
      integer("expansions", \.expansions, 1...maximalExpansions),
      integer("layers", \.layers, 1...64),
      integer("width", \.width, 8...8192),
      integer("conjectureLength", \.conjectureLength, 4...256),
      integer("redraws", \.redraws, 0...1000),
      integer("hindsightLimit", \.hindsightLimit, 0...10_000),
      integer("failureLimit", \.failureLimit, 0...10_000),
      integer("searchWidth", \.searchWidth, 1...65_536),
      integer("learning.steps", \.learning.steps, 0...10_000_000),
      integer("learning.batchRows", \.learning.batchRows, 1...1_000_000),
      integer("learning.warmupSteps", \.learning.warmupSteps, 0...10_000_000),
      integer("learning.optionLimit", \.learning.optionLimit, 2...10_000),
      real("learning.newestShare", \.learning.newestShare),
      real("learning.learningRate", \.learning.rate),
      choice("curriculum", \.curriculum),
      choice("policyPrior", \.policyPrior),
      choice("hindsight", \.hindsight),
      Field(
        name: "selection", get: { .string($0.selectionName) }, bounds: "puct or paper"
      ) { configuration, value in
        guard case .string(let text) = value, let rule = SelectionRule(rawValue: text) else {
          return false
        }
        configuration.selection = rule.selection
        return true
      },
    ]
  }

  private var selectionName: String {
    (selection == .paper ? SelectionRule.paper : SelectionRule.puct).rawValue
  }

  /// Most expansions of one search.
  static let maximalExpansions = 100_000_000
  /// Most weights of all layers: training holds about eight numbers for each.
  static let maximalWeights = 100_000_000

  /// The settings as a run records them.
  public var json: [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: AgentConfiguration.fields.map { ($0.name, $0.get(self)) })
  }

  /// Settings as a run recorded them.
  ///
  /// - Throws: `.damaged` for a missing, unknown or impossible setting.
  public init(
    json: [String: JSONValue], seed: UInt64, place: String
  ) throws(MinimoError) {
    self.init()
    self.seed = seed
    var json = json
    // Runs of version 0.1 do not have these, and are as if they had them.
    for name in ["curriculum", "policyPrior"] where json[name] == nil {
      json[name] = AgentConfiguration().json[name]
    }
    for field in AgentConfiguration.fields {
      guard let value = json[field.name], field.set(&self, value) else {
        throw .damaged(place: place, reason: "the setting '\(field.name)' is missing or impossible")
      }
    }
    if json.count != AgentConfiguration.fields.count {
      throw .damaged(place: place, reason: "it holds settings that this program does not know")
    }
    do throws(MinimoError) {
      try validate()
    } catch {
      throw .damaged(place: place, reason: error.description)
    }
  }

  /// - Throws: `.usage` for a setting out of bounds.
  public func validate() throws(MinimoError) {
    var copy = self
    for field in AgentConfiguration.fields where !field.set(&copy, field.get(self)) {
      throw .usage("\(field.name) must be \(field.bounds), not \(field.get(self).text())")
    }
    if width % 8 != 0 { throw .usage("the width must be a multiple of 8, not \(width)") }
    let weights = 12 * layers * width * width
    if weights > AgentConfiguration.maximalWeights {
      throw .usage(
        "\(layers) layers of width \(width) make \(weights / 1_000_000) million weights; "
          + "at most \(AgentConfiguration.maximalWeights / 1_000_000) million are supported")
    }
  }
}

/// The selection rules by name.
public enum SelectionRule: String, Sendable, CaseIterable {
  case puct, paper

  public var selection: Selection {
    switch self {
    case .puct: .puct()
    case .paper: .paper
    }
  }
}
