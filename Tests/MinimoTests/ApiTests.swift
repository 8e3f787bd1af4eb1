import Minimo
import Testing

@Suite("A domain poses, proves and checks")
struct ApiTests {
  @Test(arguments: Domain.shipped)
  func shippedDomainsLoad(name: String) throws {
    let domain = try Domain(named: name)
    #expect(domain.name == name)
    #expect(domain.declarationCount > 5)
    // SHA-256 of the same bytes, by another name.
    #expect(try Domain(name: "copy", text: domain.text).hash == domain.hash)
  }

  @Test func posingDependsOnTheSeedAlone() throws {
    let domain = try Domain(named: "groups")
    let posed = try domain.pose(8, seed: 5, threads: 1)
    #expect(posed.count == 8)
    #expect(Set(posed.map(\.statement)).count == 8)
    #expect(try domain.pose(8, seed: 5, threads: 3) == posed)
    #expect(try domain.pose(8, seed: 6, threads: 1) != posed)
    for posed in posed {
      #expect(posed.logProbability < 0)
      // Every statement reads back as a proposition, printed the same.
      #expect(try domain.problem(posed.statement).statement == posed.statement)
    }
  }

  @Test func provesAndChecksItsOwnScript() throws {
    let domain = try Domain(name: "middles", text: middles)
    let statement = "[('a : P) -> (= (middle (middle 'a 'a) 'a) 'a)]"
    let report = try domain.prove(statement, expansions: 500, threads: 1)
    let theorem = try #require(report.theorem)
    #expect(theorem.statement == "[('a0 : P) -> (= (middle (middle 'a0 'a0) 'a0) 'a0)]")
    // The script proves its theorem over the domain, and in a file with the axioms before it.
    let proofs = SourceFile(path: "proofs", text: theorem.script)
    let verdicts = try domain.verify(proofs).verdicts
    let file = try Domain(name: "both", text: middles + "\n" + theorem.script)
    for verdict in verdicts + file.verify().verdicts {
      guard case .proved = verdict.outcome else {
        Issue.record("\(verdict.theorem.name): \(verdict.outcome)")
        continue
      }
    }
    #expect(verdicts.count == 1)
    #expect(file.file.theorems.map(\.name) == ["statement"])
    // The same search again, on other threads.
    let again = try domain.prove(statement, expansions: 500, threads: 2)
    #expect(again.theorem?.script == theorem.script)
    #expect(again.expansions == report.expansions)
  }

  @Test func aFalseStatementStaysOpen() throws {
    let domain = try Domain(named: "groups")
    let report = try domain.prove("[('a : G) -> (= 'a id)]", expansions: 60, threads: 1)
    #expect(report.theorem == nil)
    guard case .open = report.verdict else {
      Issue.record("\(report.verdict)")
      return
    }
    #expect(report.expansions == 60)
  }

  @Test func aWrongScriptIsAVerdict() throws {
    let domain = try Domain(named: "groups")
    let proofs = SourceFile(
      path: "proofs",
      text: """
        theorem right : (= (op id id) id) { show (= (op id id) id) by (id_l id). }
        theorem wrong : (= (op id id) id) { show (= (op id id) id) by (inv_l id). }
        theorem nothing : (= (inv id) id).
        """)
    let words = try domain.verify(proofs).verdicts.map { verdict in
      switch verdict.outcome {
      case .proved: "proved"
      case .open: "open"
      case .refused(let diagnostic): "refused on line \(diagnostic.position.line)"
      }
    }
    #expect(words == ["proved", "refused on line 2", "open"])
  }

  @Test func problemsKeepTheirNamesAndStatements() throws {
    let domain = try Domain(named: "groups")
    let source = SourceFile(
      path: "problems", text: "theorem a : (= id id).\ntheorem b : (= (op  id id)\n id).")
    let problems = try domain.problems(in: source)
    #expect(problems.map(\.name) == ["a", "b"])
    #expect(problems.map(\.statement) == ["(= id id)", "(= (op id id) id)"])
    let reports = try domain.prove(problems, expansions: 200, threads: 2)
    #expect(reports.map { $0.theorem != nil } == [true, true])
  }

  @Test func freeNamesAreFree() throws {
    let domain = try Domain(
      name: "d", text: "T : type.\nt : T.\ntheorem a : (= t t).\ntheorem a_ : (= t t).")
    #expect(domain.freeName("a") == "a__")
    #expect(domain.freeName("t") == "t_")
    #expect(domain.freeName("b") == "b")
  }

  @Test func selectionCanBeThatOfThePaper() throws {
    let domain = try Domain(named: "groups")
    let statement = "[('a : G) -> (= (op 'a (inv 'a)) (op (inv 'a) 'a))]"
    for rule in SelectionRule.allCases {
      let report = try domain.prove(
        statement, expansions: 1000, selection: rule.selection, threads: 1)
      #expect(report.theorem != nil, "\(rule)")
    }
  }
}
