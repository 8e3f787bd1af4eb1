import Foundation
import Testing

@testable import Truth

/// What external programs print, and running them.
@Suite struct ToolTests {
  @Test func readsEprover() {
    let theorem = """
      # No SInE strategy applied
      # Auto-Mode selected heuristic U_____102_C09_12_F1_SE_CS_SP_PS_S5PRR_RG_S04AN
      # and selection function SelectComplexExceptUniqMaxHorn.
      #
      # Presaturation interreduction done

      # Proof found!
      # SZS status Theorem
      """
    #expect(ToolAnswer.eprover(theorem) == .follows)
    #expect(ToolAnswer.eprover("# SZS status ContradictoryAxioms\n") == .follows)
    #expect(
      ToolAnswer.eprover("# No proof found!\n# SZS status CounterSatisfiable\n")
        == .fails(sizes: [], output: "# SZS status CounterSatisfiable"))
    for silent in [
      "", "# SZS status ResourceOut\n", "# SZS status GaveUp\n",
      "eprover: CPU time limit exceeded, terminating\n# SZS status ResourceOut",
      "# Failure: Resource limit exceeded (time)\n# SZS status ResourceOut\n",
      "eprover: x.p:1:(Column 5) syntax error\n", "# SZS status TheoremX\n",
    ] {
      #expect(ToolAnswer.eprover(silent) == .silent)
    }
  }

  @Test func readsCVC5() {
    let model = """
      sat
      (
      ; cardinality of t.G is 3
      ; rep: (as @t.G_0 t.G)
      ; cardinality of |t.H'| is 12
      (define-fun |c.id| () t.G (as @t.G_1 t.G))
      )
      """
    guard case .fails(let sizes, let output) = ToolAnswer.cvc5(model) else {
      Issue.record("no model was read")
      return
    }
    #expect(sizes == [.init(name: "G", value: "3"), .init(name: "H'", value: "12")])
    #expect(output.hasPrefix("(\n; cardinality") && output.hasSuffix(")"))
    #expect(ToolAnswer.cvc5("unsat\n(error \"cannot get model\")\n") == .follows)
    for silent in [
      "", "unknown\n", "cvc5 interrupted by timeout.\n", "(error \"Parse Error\")\n", "satx\n",
    ] {
      #expect(ToolAnswer.cvc5(silent) == .silent)
    }
  }

  /// What a tool said before is believed where the tool would be, and where evaluation is silent.
  @Test func verdictsAreRepeated() throws {
    let truth = "[('a : G) -> (= (op 'a id) 'a)]"
    func repeated(
      _ verdict: Verdict, _ statement: String, in fixture: Fixture = .groups
    ) throws -> Verdict {
      try fixture.classify(
        statement, tools: TruthTools.none.repeating(verdict), crossCheck: true)
    }
    for tool in ["eprover", "cvc5"] {
      #expect(try repeated(.holds(by: tool), truth) == .holds(by: tool))
    }
    let model = Countermodel(name: "G of 12", toolOutput: "()")
    #expect(try repeated(.fails(model), truth) == .fails(model))
    let silent: [Verdict] = [
      .open, .holds(by: "truth table"), .holds(by: "computation"), .holds(by: "me"), .unfit("so"),
      .fails(Countermodel(name: "Z3")),
    ]
    for verdict in silent {
      #expect(verdict.tool == nil)
      #expect(try repeated(verdict, truth) == .open)
    }
    let falsehood = "[('a : G) -> (= (op 'a 'a) id)]"
    #expect(throws: Contradiction.self) { try repeated(.holds(by: "eprover"), falsehood) }
    // No tool gets all axioms of arithmetic, so none knows a model of them.
    let statement = "[('n : nat) -> (= (+ 0 'n) 'n)]"
    #expect(try repeated(.fails(model), statement, in: .natAdd) == .open)
    #expect(try repeated(.holds(by: "cvc5"), statement, in: .natAdd) == .open)
    #expect(
      try repeated(.holds(by: "eprover"), statement, in: .natAdd) == .holds(by: "eprover"))
  }

  @Test func missingToolsAreNamed() {
    #expect(TruthTools.none.missing == ["eprover", "cvc5"])
    var tools = TruthTools.none
    tools.cvc5 = "/usr/bin/cvc5"
    #expect(tools.missing == ["eprover"])
    #expect(Subprocess.find("no-program-has-this-name") == nil)
    #expect(Subprocess.find("sh")?.hasSuffix("/sh") == true)
  }

  private func run(
    _ script: String, _ arguments: [String] = [], seconds: Double = 5, memory: Int = 4096
  ) -> Subprocess.Outcome {
    Subprocess(
      path: "/bin/sh", arguments: ["-c", script, "test"] + arguments, seconds: seconds,
      memory: memory
    ).run()
  }

  @Test func outputAndExitCode() {
    guard case .finished(let output, let code) = run("echo out; echo err >&2; exit 3") else {
      Issue.record("it did not finish")
      return
    }
    #expect(output == "out\nerr\n")
    #expect(code == 3)
    guard case .finished(_, nil) = run("kill -9 $$") else {
      Issue.record("a signal is no exit code")
      return
    }
  }

  @Test func argumentsAreNotInterpreted() {
    let hostile = ["$(echo ran)", "`echo ran`", "; echo ran", "a b  c", "-n", "'\"\\"]
    guard
      case .finished(let output, 0) = run(
        "for a in \"$@\"; do printf '%s\\n' \"$a\"; done", hostile)
    else {
      Issue.record("it did not finish")
      return
    }
    #expect(output == hostile.map { $0 + "\n" }.joined())
  }

  @Test func limitsOfTimeAndOutput() throws {
    let start = ContinuousClock.now
    // The child of the child holds the pipe open, and has to go as well.
    guard case .outOfTime(let output) = run("echo $$; sleep 60 & sleep 60", seconds: 0.2) else {
      Issue.record("it was not stopped")
      return
    }
    #expect(start.duration(to: .now) < .seconds(10))
    let group = try #require(pid_t(output.trimmingCharacters(in: .newlines)))
    var tries = 0
    while kill(-group, 0) == 0, tries < 100 {
      usleep(20_000)
      tries += 1
    }
    #expect(kill(-group, 0) == -1 && errno == ESRCH)
    guard case .outOfTime(let flood) = run("yes", seconds: 20) else {
      Issue.record("it was not stopped")
      return
    }
    #expect(flood.utf8.count < 2 * Subprocess.maximalOutput)
  }

  @Test func cancelling() throws {
    let start = ContinuousClock.now
    let process = Subprocess(
      path: "/bin/sh", arguments: ["-c", "sleep 60 & sleep 60"], seconds: 60, memory: 4096,
      isCancelled: { start.duration(to: .now) > .milliseconds(200) })
    guard case .cancelled = process.run() else {
      Issue.record("it was not stopped")
      return
    }
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test func limitOfMemory() {
    guard
      case .finished(_, let code) = run(
        "ulimit -v; exec head -c 400m /dev/zero | tail", memory: 100)
    else {
      Issue.record("it did not finish")
      return
    }
    #expect(code != 0)
  }

  @Test func absentProgram() {
    let outcome = Subprocess(path: "/no/such/program", arguments: [], seconds: 1, memory: 100).run()
    guard case .finished(_, let code) = outcome else {
      Issue.record("the shell reports it")
      return
    }
    #expect(code == 127)
  }

  @Test func contradictionIsAnError() throws {
    try withForgedTools(eprover: "# SZS status Theorem") { (tools) throws in
      let falsehood = "[('a : G) -> (= (op 'a 'a) id)]"
      // Not asked without need.
      #expect(try Fixture.groups.classify(falsehood, tools: tools).word == "false")
      let contradiction = #expect(throws: Contradiction.self) {
        try Fixture.groups.classify(falsehood, tools: tools, crossCheck: true)
      }
      #expect(contradiction?.holdsBy == "eprover")
      #expect(contradiction?.failsBy == nil)
      #expect(contradiction?.countermodel.name == "Z3")
      let truth = "[('a : G) -> (= (op 'a id) 'a)]"
      #expect(
        try Fixture.groups.classify(truth, tools: tools, crossCheck: true) == .holds(by: "eprover"))
    }
  }

  /// The provers call nothing true that fails in a model, on all statements known to be false.
  @Test(
    .enabled(if: installed.eprover != nil && installed.cvc5 != nil),
    arguments: ["groups", "lattices", "nat-mul"])
  func crossCheck(domain: String) throws {
    var tools = installed
    tools.seconds = 0.3
    for statement in try #require(KnownTruthTests.falsehoods[domain]).prefix(6) {
      #expect(
        try Fixture.named(domain).classify(statement, tools: tools, crossCheck: true).word
          == "false")
    }
  }

  /// Where the built-in evaluation has no model at hand, the model finder's counts.
  @Test(.enabled(if: installed.cvc5 != nil))
  func modelFinder() throws {
    // A function without a cycle of up to five elements. The ternary one is there so that no
    // well-known structure fits.
    let fixture = try Fixture(
      """
      T : type.
      f : [T -> T].
      g : [T -> T -> T -> T].
      c : T.
      other : [('a : T) -> ('P : prop) -> (= (f 'a) 'a) -> 'P].
      two : [('a : T) -> ('P : prop) -> (= (f (f 'a)) 'a) -> 'P].
      three : [('a : T) -> ('P : prop) -> (= (f (f (f 'a))) 'a) -> 'P].
      four : [('a : T) -> ('P : prop) -> (= (f (f (f (f 'a)))) 'a) -> 'P].
      five : [('a : T) -> ('P : prop) -> (= (f (f (f (f (f 'a))))) 'a) -> 'P].
      """)
    let statement = "[('a : T) -> (= (f (f (f (f (f (f (f 'a))))))) 'a)]"
    var tools = installed
    tools.eprover = nil
    guard case .fails(let model) = try fixture.classify(statement, tools: tools) else {
      Issue.record("no model was found")
      return
    }
    #expect(model.name == "T of 6")
    #expect(model.toolOutput?.contains("define-fun") == true)
  }
}
