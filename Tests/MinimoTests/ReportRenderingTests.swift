import Foundation
import RunStore
import Testing

@testable import Minimo

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// How a report looks: numbers, alignment, and what hostile statements may not do.
@Suite struct ReportRenderingTests {
  private let folder = ReportFolder()

  @Test(
    arguments: [
      (0.0, 1, "0.0"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (2.34567, 3, "2.346"),
      (1_234_567.891, 2, "1,234,567.89"), (-1000, 0, "-1,000"), (999.95, 1, "1,000.0"),
      (.infinity, 1, "∞"), (-.infinity, 1, "-∞"), (.nan, 1, "–"), (1e300, 1, "1e+300"),
    ] as [(Double, Int, String)])
  func fixedNumbers(_ value: Double, _ digits: Int, _ text: String) {
    #expect(value.fixed(digits) == text)
  }

  @Test(
    arguments: [
      (0.04, "0.0 s"), (59.4, "59.4 s"), (59.7, "1 min 0 s"), (3599.4, "59 min 59 s"),
      (3600, "1 h 0 min"), (5_400_000, "1,500 h 0 min"), (.nan, "–"), (-1, "–"), (1e300, "–"),
    ] as [(Double, String)])
  func durations(_ seconds: Double, _ text: String) {
    #expect(seconds.duration == text)
  }

  @Test(
    arguments: [
      (0...0.63, ["0.0", "0.2", "0.4", "0.6", "0.8"]),
      (-9 ... -1, ["-10", "-8", "-6", "-4", "-2", "0"]),
      (0...0, ["0.0", "0.5", "1.0"]), (-5 ... -5, ["-5.5", "-5.0", "-4.5"]),
      (0...12000, ["0", "5,000", "10,000", "15,000"]),
      (2.3456...2.3457, ["2.34560", "2.34565", "2.34570"]),
    ] as [(ClosedRange<Double>, [String])])
  func axesAreRound(_ extent: ClosedRange<Double>, _ labels: [String]) {
    let axis = ReportAxis(extent, count: 4)
    #expect(axis.ticks.map { axis.label($0, .number(digits: 1)) } == labels)
  }

  @Test func axisOfShares() {
    let axis = ReportAxis(0...0.018, count: 4)
    #expect(
      axis.ticks.map { axis.label($0, .share) } == ["0.0 %", "0.5 %", "1.0 %", "1.5 %", "2.0 %"])
  }

  @Test func wrapping() {
    #expect(
      wrapped("aa bb cc dd ee ff gg hh ii", first: "x ", width: 22)
        == ["x aa bb cc dd ee ff gg", "  hh ii"])
    let long = String(repeating: "z", count: 45)
    #expect(
      wrapped("a \(long) b", first: "", width: 20).joined(separator: "|")
        == "a|zzzzzzzzzzzzzzzzzzzz|zzzzzzzzzzzzzzzzzzzz|zzzzz b")
    #expect(wrapped("", first: "x", width: 20) == ["x"])
  }

  /// Dots of Braille patterns: 1 4 / 2 5 / 3 6 / 7 8, from U+2800.
  @Test func plots() {
    #expect(ReportPlot([0, 1], over: 0...1, width: 2, height: 1).lines == ["⡠⠊"])
    #expect(ReportPlot([nil, 3, nil], over: 0...3, width: 2, height: 1).lines == ["⠈⠀"])
    #expect(ReportPlot([5], over: 5...5, width: 1, height: 1).lines == ["⠂"])
    #expect(ReportPlot([1, 1, 1], over: 0...1, width: 2, height: 1).lines == ["⠉⠉"])
  }

  @Test func table() throws {
    let run = try folder.run()
    try run.commit(initialRecord())
    try run.commit(smallRecord(1))
    let report = try RunReport(run)
    let lines = report.text.split(separator: "\n").map(String.init)
    func row(after title: String) throws -> [String] {
      let start = try #require(lines.firstIndex(of: title))
      let row = try #require(lines[start...].first { $0.hasPrefix("        1 ") })
      return row.split(separator: " ").map(String.init)
    }
    #expect(
      try row(after: "Outcomes")
        == ["1", "10", "4", "40.0", "%", "4", "1", "1", "3", "5,500", "2.5", "12"])
    #expect(
      try row(after: "Proofs and losses")
        == ["1", "-4.0", "-9.0", "-9.0", "-4.0", "-1.0", "-∞", "–", "2.346", "–", "–"])
    #expect(
      try row(after: "Statements and examples")
        == ["1", "15", "–", "–", "–", "–", "–", "1,234", "–", "7"])
    #expect(try row(after: "Time") == ["1", "1.3", "58.8", "–", "–", "60.0"])
    #expect(lines.filter { $0.count > RunReport.textWidth } == [])
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test(arguments: [1, 5, 80])
  func likelyRun(_ iterations: Int) throws {
    let run = try folder.run()
    try commitLikelyRun(
      run, iterations: iterations, conjectures: iterations > 10 ? 20 : 200)
    let report = try RunReport(run)
    let lines = report.text.split(separator: "\n")
    #expect(lines.filter { $0.count > RunReport.textWidth } == [])
    try expectWellFormed(report.html)
    // Set to look at the files.
    if let folder = ProcessInfo.processInfo.environment["MINIMO_REPORT_SAMPLES"] {
      try report.html.write(
        toFile: "\(folder)/run-\(iterations).html", atomically: true, encoding: .utf8)
      try report.text.write(
        toFile: "\(folder)/run-\(iterations).txt", atomically: true, encoding: .utf8)
    }
  }

  /// Figures that no axis can hold neither trap nor hang.
  @Test(
    arguments: [
      [1e300, -1.7e308], [.infinity, -.infinity], [.nan, 0], [1e-300, 0], [1e99, -1e99],
      [1e15, 1e15 + 1], [-0.0, 0.0],
    ] as [[Double]])
  func extremeFigures(_ values: [Double]) throws {
    let run = try folder.run()
    try run.commit(initialRecord())
    for (index, value) in values.enumerated() {
      var record = smallRecord(index + 1)
      record.metrics = []
      for name in ["loss.token", "loss.value", "steps.mean", "steps.longest", "pose.drawn"] {
        record.addMetric(name, value)
      }
      record.addTiming("learn", seconds: value)
      record.outcomes[0].logProbability = value
      for slot in record.outcomes.indices { record.outcomes[slot].expansions = .max }
      try run.commit(record)
    }
    let report = try RunReport(run)
    #expect(report.iterations[1].expansions == .max)
    try expectWellFormed(report.html)
    #expect(!report.html.contains("nan") && !report.html.contains("inf"))
    #expect(report.text.contains("Outcomes"))
    _ = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
  }

  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "a & b &lt; c",
    "\u{1B}[2J\u{1B}]0;title\u{7}\r\n", "\u{202E}reversed\u{2066}", "]]>-->", "'\u{FFFE}\u{85}",
    String(repeating: "(op ", count: 30_000), String(repeating: "x", count: 100_000),
  ]

  @Test(arguments: hostile.indices)
  func hostileText(_ index: Int) throws {
    let text = ReportRenderingTests.hostile[index]
    let run = try folder.run(domain: text, configuration: [text: .string(text), "iterations": -1])
    var record = smallRecord(1)
    for slot in record.conjectures.indices { record.conjectures[slot].statement = text }
    for slot in record.proofs.indices { record.proofs[slot].script = text + "\n" + text }
    for slot in record.hindsight.indices { record.hindsight[slot].difficulty = text }
    record.outcomes[9].message = text
    record.addMetric(text, 1)
    record.addExamples(text, count: 1)
    record.addTiming(text, seconds: 1)
    try run.commit(initialRecord())
    try run.commit(record)
    let report = try RunReport(run)
    try expectWellFormed(report.html)
    #expect(!report.html.contains("<script") && !report.html.contains("<img"))
    #expect(report.html.utf8.count < 1_000_000)
    #expect(report.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    #expect(!(report.text + report.html).unicodeScalars.contains("\u{202E}"))
    #expect(!report.text.unicodeScalars.contains("\u{85}"))
    // JSON keeps everything.
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    let theorems = try #require(object["theorems"] as? [String: [[String: Any]]])
    #expect(theorems["conjectures"]?[0]["statement"] as? String == text)
  }

  /// The page is written so that it is also XML, which is stricter.
  private func expectWellFormed(_ html: String) throws {
    let parser = XMLParser(data: Data(html.utf8))
    let watcher = ReportElements()
    parser.delegate = watcher
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    #expect(Set(watcher.names).isDisjoint(with: ["script", "link", "img", "iframe", "object"]))
    #expect(watcher.addresses.isEmpty)
    #expect(!html.contains("url(") && !html.contains("@import"))
  }
}

/// Collects what a page is made of.
private final class ReportElements: NSObject, XMLParserDelegate {
  var names: [String] = []
  var addresses: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    names.append(name)
    addresses += attributes.filter { ["src", "href"].contains($0.key) }.map(\.value)
  }
}
