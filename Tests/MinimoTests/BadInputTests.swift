import Minimo
import Testing

@Suite("What is wrong is said, with the right exit code")
struct BadInputTests {
  @Test func unknownDomainsSuggest() {
    let error = failure { () throws(MinimoError) in try Domain(named: "group") }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains("Did you mean 'groups'?") == true)
    #expect(error?.description.contains("propositional-logic") == true)
  }

  @Test func filesThatCannotBeRead() {
    let scratch = Scratch()
    for path in [scratch.path, scratch.path + "/none.p", "/proc/self/mem"] {
      let error = failure { () throws(MinimoError) in try Domain(path: path) }
      #expect(error?.exitCode == 74, "\(path)")
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test(arguments: [
    ("T : type", "1:9"), ("T : U.", "1:5"), ("(", "1:1"), ("T : type. T : type.", "1:11"),
  ])
  func malformedDomainsNameThePlace(text: String, place: String) {
    let error = failure { () throws(MinimoError) in try Domain(name: "bad.p", text: text) }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("bad.p:\(place)") == true, "\(error!)")
  }

  /// More than a certificate may have.
  @Test func declarationsAreBounded() throws {
    func text(_ count: Int) -> String {
      "P : prop. " + (1..<count).map { "p\($0) : P." }.joined(separator: " ")
    }
    #expect(try Domain(name: "large.p", text: text(10_000)).declarationCount == 10_000)
    let error = failure { () throws(MinimoError) in
      try Domain(name: "large.p", text: text(10_001))
    }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("large.p:1:1") == true, "\(error!)")
    #expect(error?.description.contains("10000; here are 10001") == true, "\(error!)")
  }

  @Test func deepNestingIsRefused() throws {
    let domain = try Domain(named: "groups")
    let text = String(repeating: "(inv ", count: 100_000) + "id"
    let error = failure { () throws(MinimoError) in try domain.problem("(= id \(text)") }
    #expect(error?.exitCode == 65)
  }

  @Test func hugeNumeralsAreRefused() throws {
    let domain = try Domain(named: "nat-add")
    let digits = String(repeating: "9", count: 1_000_000)
    let error = failure { () throws(MinimoError) in try domain.problem("(= \(digits) z)") }
    #expect(error?.exitCode == 65)
  }

  @Test func aTermIsNoStatement() throws {
    let domain = try Domain(named: "groups")
    for text in ["id", "G", "(inv id)", "type", "", "(= id id) id"] {
      let error = failure { () throws(MinimoError) in try domain.problem(text) }
      #expect(error?.exitCode == 65, "\(text)")
    }
  }

  @Test func aProblemFileHoldsTheoremsOnly() throws {
    let domain = try Domain(named: "groups")
    for text in ["", "/* none */", "x : G.", "theorem a : (= id id).\ntheorem a : (= id id)."] {
      let source = SourceFile(path: "problems.p", text: text)
      let error = failure { () throws(MinimoError) in try domain.problems(in: source) }
      #expect(error?.exitCode == 65, "\(text)")
      #expect(error?.description.contains("problems.p:") == true)
    }
  }

  @Test func nothingToStateIsSaid() throws {
    for text in ["", "T : type."] {
      let domain = try Domain(name: "empty", text: text)
      let error = failure { () throws(MinimoError) in
        try Trainer(domain: domain, configuration: tinyConfiguration, threads: 1)
      }
      #expect(error?.exitCode == 65)
    }
  }

  @Test func impossibleSettingsNameTheirBounds() throws {
    let domain = try Domain(named: "groups")
    let changes: [(String, (inout AgentConfiguration) -> Void)] = [
      ("iterations", { $0.iterations = -1 }), ("conjectures", { $0.conjectures = 0 }),
      ("expansions", { $0.expansions = .max }), ("layers", { $0.layers = 0 }),
      ("width", { $0.width = 12 }), ("weights", { ($0.layers, $0.width) = (64, 8192) }),
      ("learning.steps", { $0.learning.steps = -5 }),
      ("learning.learningRate", { $0.learning.rate = .nan }),
    ]
    for (name, change) in changes {
      var configuration = tinyConfiguration
      change(&configuration)
      let error = failure { () throws(MinimoError) in
        try Trainer(domain: domain, configuration: configuration, threads: 1)
      }
      #expect(error?.exitCode == 64)
      #expect(error?.description.contains(name) == true, "\(error!)")
    }
    for threads in [-1, 0, 257, .max] {
      let error = failure { () throws(MinimoError) in
        try domain.pose(1, threads: threads)
      }
      #expect(error?.exitCode == 64)
    }
    for expansions in [-1, 0, .max] {
      let error = failure { () throws(MinimoError) in
        try domain.prove("(= id id)", expansions: expansions, threads: 1)
      }
      #expect(error?.exitCode == 64)
    }
    for count in [-1, 0, .max] {
      let error = failure { () throws(MinimoError) in try domain.pose(count, threads: 1) }
      #expect(error?.exitCode == 64)
    }
  }

  @Test func recordedSettingsAreChecked() {
    var json = tinyConfiguration.json
    #expect(throws: Never.self) {
      let copy = try AgentConfiguration(json: json, seed: 11, place: "run.json")
      #expect(copy == tinyConfiguration)
    }
    let damages: [(String, JSONValue?)] = [
      ("width", 12), ("width", "wide"), ("layers", nil), ("unknown", 1), ("expansions", 0),
      ("hindsight", "sometimes"), ("selection", 1), ("learning.learningRate", -1),
    ]
    for (name, value) in damages {
      json = tinyConfiguration.json
      json[name] = value
      let error = failure { () throws(MinimoError) in
        try AgentConfiguration(json: json, seed: 11, place: "run.json")
      }
      #expect(error?.exitCode == 65, "\(name)")
      #expect(error?.description.contains("run.json") == true)
    }
  }

  @Test func aRunIsNotStartedTwice() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    let trainer = try Trainer(
      domain: Domain(name: "middles", text: middles), configuration: tinyConfiguration, threads: 1)
    try trainer.train(at: path)
    let before = try Run.open(at: path, mode: .read).runHash()
    #expect(failure { () throws(MinimoError) in try trainer.train(at: path) }?.exitCode == 64)
    #expect(try Run.open(at: path, mode: .read).runHash() == before)
    let none = failure { () throws(MinimoError) in
      try Trainer.resume(at: scratch.path + "/none", threads: 1)
    }
    #expect(none?.exitCode == 65)
  }
}
