public import Randomness

/// A record of one run of a program: each choice with its address, value and density.
///
/// A trace stays with the chain or the task that made it.
public struct Trace {
  /// One random choice.
  public struct Entry {
    public let address: Address
    public let value: TraceValue
    /// The log-density of the value, given the choices before it.
    public let logDensity: Double
    /// The type of the distribution.
    @usableFromInline let law: ObjectIdentifier
    /// The ends of the support of a real choice with a density; NaN for others.
    @usableFromInline let interval: RealInterval

    @usableFromInline
    init(
      address: Address, value: TraceValue, logDensity: Double, law: ObjectIdentifier,
      interval: RealInterval
    ) {
      self.address = address
      self.value = value
      self.logDensity = logDensity
      self.law = law
      self.interval = interval
    }
  }

  /// The choices, in the order in which the run made them.
  public internal(set) var entries: [Entry] = []
  /// The log-density of all choices.
  public internal(set) var logPrior = 0.0
  /// The log-density of all observations, and the factors.
  public internal(set) var logLikelihood = 0.0

  @usableFromInline
  init() {}

  /// The log-density of the run: choices, observations and factors.
  public var logDensity: Double { logPrior + logLikelihood }

  /// The value of the choice at the first visit of `name`, or the given one.
  ///
  /// - Throws: `ProgramError.unknownAddress` if the run made no such choice.
  public func value(
    at name: String, visit: Int = 0
  ) throws(ProgramError) -> TraceValue {
    let pattern = AddressPattern(name, visit: visit)
    for entry in entries where pattern.matches(entry.address) { return entry.value }
    throw .unknownAddress("\(pattern)", known: addresses)
  }

  /// The real value of a choice.
  ///
  /// - Throws: `ProgramError.unknownAddress` if the run made no such choice;
  ///   `ProgramError.wrongType` if it is not real.
  public func number(at name: String, visit: Int = 0) throws(ProgramError) -> Double {
    guard let number = try value(at: name, visit: visit).get(Double.self) else {
      throw .wrongType(name, expected: "Double")
    }
    return number
  }

  /// The addresses of all choices, as text, in order.
  public var addresses: [String] { entries.map(\.address.description) }
}

extension Trace {
  /// Runs a program once, drawing its choices with the random numbers of `key`.
  ///
  ///     let (result, trace) = try Trace.run(coin, given: ["bias": 0.3], key: key)
  ///
  /// - Parameter given: Values for some choices, which are not drawn then; a pattern without a
  ///   visit gives its value to all visits.
  /// - Throws: `ProgramError.unknownAddress` if a given value found no choice, `.wrongType` if it
  ///   does not fit, `.flawed` or `.invalidDensity` if the program is broken there. A run whose
  ///   density is zero is no error.
  @inlinable
  public static func run<M: Model>(
    _ model: M, given: [AddressPattern: TraceValue] = [:], key: RandomKey
  ) throws(ProgramError) -> (result: M.Result, trace: Trace) {
    var context = TraceContext(stream: key.stream())
    context.give(given)
    var program = model
    let result = program.run(&context)
    return (result, try context.finished())
  }
}
