/// What the command line asks for.
struct Arguments {
  var names: [String] = []
  var repetitions = 5
  var seconds = 0.5
  var threads = 1
  var isStepped = false
  var folder: String?
  var domain = "Domains/groups.p"
  var expansions = 100
  var waves = 8

  static let usage = """
    usage: bench CASE … | all | list
      --repetitions N  lines to print for each case (5)
      --seconds S      a repetition calls until so much time has passed (0.5)
      --threads N      workers (1)
      --step           wait for a line on the standard input before each repetition
      --files DIR      write the inputs, weights and results of the case there first
      --domain FILE    where to search (Domains/groups.p)
      --expansions N   the budget of each of the 64 searches (100)
      --waves N        waves of the search that are timed (8)

    """

  struct Wrong: Error {
    let reason: String
  }

  init(_ arguments: ArraySlice<String>) throws(Wrong) {
    var rest = arguments
    while let argument = rest.popFirst() {
      switch argument {
      case "--step": isStepped = true
      case "--repetitions": repetitions = try Self.number(argument, rest.popFirst())
      case "--seconds": seconds = try Self.number(argument, rest.popFirst())
      case "--threads": threads = max(1, try Self.number(argument, rest.popFirst()))
      case "--expansions": expansions = max(1, try Self.number(argument, rest.popFirst()))
      case "--waves": waves = max(1, try Self.number(argument, rest.popFirst()))
      case "--files": folder = rest.popFirst()
      case "--domain": domain = rest.popFirst() ?? domain
      default:
        if argument.hasPrefix("-") { throw Wrong(reason: "there is no option \(argument)") }
        names.append(argument)
      }
    }
  }

  private static func number<Number: LosslessStringConvertible>(
    _ name: String, _ text: String?
  ) throws(Wrong) -> Number {
    guard let text, let number = Number(text) else {
      throw Wrong(reason: "\(name) needs a number, not \(text ?? "nothing")")
    }
    return number
  }
}
