public import ArgumentParser
import Glibc
public import Minimo

extension Preset: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}
extension HindsightMode: ExpressibleByArgument {}
extension Curriculum: ExpressibleByArgument {}
extension PolicyPrior: ExpressibleByArgument {}
extension SelectionRule: ExpressibleByArgument {}
extension PlanExplanation.Use: ExpressibleByArgument {}

extension Domain {
  /// A domain as a command line names it: by its name, or by the path of a file.
  init(argument: String, dialect: Dialect = .strict) throws(MinimoError) {
    if argument.hasSuffix(".p") || argument.contains("/") {
      try self.init(path: argument, dialect: dialect)
    } else {
      try self.init(named: argument)
    }
  }

  static let argumentHelp: ArgumentHelp = """
    The axioms: \(shipped.joined(separator: ", ")), or the path of a .p file.
    """
}

/// The language of the files that a command reads.
struct DialectOption: ParsableArguments {
  @Option(help: "The language of the files: strict, or legacy for those of the original Peano.")
  var dialect = Dialect.strict
}

/// Where a command's domain and agent come from: a name, a run, or both.
struct SourceOptions: ParsableArguments {
  @Option(help: Domain.argumentHelp)
  var domain: String?

  @OptionGroup
  var dialect: DialectOption

  @Option(help: "The folder of a run, whose agent is used.")
  var run: String?

  @Option(help: "The iteration of the run whose agent is used. (default: the last)")
  var checkpoint: Int?

  /// The domain, and the agent if there is a run.
  ///
  /// - Throws: `.usage` if neither is given or they contradict one another.
  func resolve() throws(MinimoError) -> (domain: Domain, agent: Agent?, run: SavedRun?) {
    guard let run else {
      if checkpoint != nil { throw .usage("--checkpoint needs --run DIR, the run that holds it") }
      guard let domain else {
        throw .usage(
          "give --domain NAME or FILE.p, or --run DIR for the domain and agent of a run")
      }
      return (try Domain(argument: domain, dialect: dialect.dialect), nil, nil)
    }
    let saved = try SavedRun(at: run)
    if let domain {
      try saved.require(domain: try Domain(argument: domain, dialect: dialect.dialect))
    }
    return (saved.domain, try saved.agent(after: checkpoint), saved)
  }
}

extension SavedRun {
  /// - Throws: `.usage` unless `domain` has the axioms of the run.
  func require(domain: Domain) throws(MinimoError) {
    guard domain.hash != self.domain.hash else { return }
    throw .usage(
      "--domain is \(domain.name) (theory \(domain.hash.prefix(12))), but the run at \(run.path) "
        + "is about \(self.domain.name) (theory \(self.domain.hash.prefix(12))); "
        + "leave --domain out, or give another --run")
  }
}

/// Options that every command has that computes.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads; the result is the same for any number. (default: the processors here)")
  var threads: Int?

  @Flag(help: "Use the portable C kernels, the same on every processor.")
  var portableKernels = false

  /// The number of threads; also fixes the kernels, so this comes before any computation.
  func start() throws(MinimoError) -> Int {
    try Self.fixKernels(portable: portableKernels)
    return threads ?? Minimo.processorCount
  }

  /// - Throws: `.usage` if the environment names kernels that this processor lacks.
  static func fixKernels(portable: Bool) throws(MinimoError) {
    if portable { setenv("MINIMO_CPU", "portable", 1) }
    try Minimo.checkKernels()
  }
}

extension JSONValue {
  static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  /// The value as a line of its own.
  var line: String { text() + "\n" }
}
