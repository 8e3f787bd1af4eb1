import Foundation
import Testing

@testable import Minimo

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureTests {
  /// The attribute `name` of each element of a kind, in a text that must be sound XML.
  private func attributes(
    _ figure: Figure, _ element: String, _ name: String
  ) throws -> [String] {
    _ = try XMLDocument(xmlString: figure.svg)
    return figure.svg.components(separatedBy: "<\(element) ").dropFirst().map { rest in
      let tag = " " + rest.components(separatedBy: ">")[0]
      return tag.components(separatedBy: " \(name)=\"")[1].components(separatedBy: "\"")[0]
    }
  }

  @Test func cornersAreCorners() throws {
    var figure = Figure("t", x: "x", y: "y")
    figure.line("line", [(0, 0), (5, 5), (10, 10)])
    #expect(try attributes(figure, "polyline", "points") == ["76,384 388,218 700,52"])
  }

  @Test func powersOfTen() throws {
    var figure = Figure("t", x: "x", y: "y", xScale: .logarithmic, yScale: .logarithmic)
    // What is not positive, or no number, has no place.
    figure.line("line", [(1, 1), (0, 5), (100, 10), (.nan, 3), (3, -1), (10_000, 100)])
    #expect(try attributes(figure, "polyline", "points") == ["76,384 388,218 700,52"])
    #expect(figure.svg.contains(">10000</text>"))
  }

  @Test func pointsAndBands() throws {
    var figure = Figure("t", x: "x", y: "y")
    figure.band("band", [(0, -10, 10), (10, 0, 10)])
    figure.points("points", [(10, -10)])
    #expect(
      try attributes(figure, "polygon", "points") == ["76,384 700,218 700,52 76,52"])
    #expect(try attributes(figure, "circle", "cx") == ["700"])
    #expect(try attributes(figure, "circle", "cy") == ["384"])
  }

  @Test func namesAreText() throws {
    var figure = Figure("a < b & \"c\"", x: "<script>", y: "\u{7}")
    figure.line("</svg>", [(1, 2)])
    let document = try XMLDocument(xmlString: figure.svg)
    #expect(try document.nodes(forXPath: "//*[local-name()='script']").isEmpty)
    #expect(figure.svg.contains("a &lt; b &amp; &quot;c&quot;"))
  }

  @Test func nothingToShow() throws {
    var figure = Figure("empty", x: "x", y: "y", yScale: .logarithmic)
    figure.line("line", [])
    figure.points("points", [(1, .infinity)])
    #expect(try attributes(figure, "polyline", "points") == [""])
  }

  @Test func writing() throws {
    let path = NSTemporaryDirectory() + "figure-\(UUID().uuidString).svg"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var figure = Figure("t", x: "x", y: "y")
    figure.line("line", [(0, 1), (2, 3)])
    try figure.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == figure.svg)
    #expect(throws: MinimoError.self) { try figure.write(to: "/nonexistent/figure.svg") }
    #expect(throws: MinimoError.self) { try figure.write(to: NSTemporaryDirectory()) }
  }
}
