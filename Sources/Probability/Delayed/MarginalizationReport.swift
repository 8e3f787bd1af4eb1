/// Where a program's variables stayed random, and where and why they had to get a value.
public struct MarginalizationReport: Sendable, Equatable {
  /// One call of `assume` or `draw`, over all particles and steps.
  public struct Entry: Sendable, Equatable {
    public var site: Site
    /// How many variables were assumed here, the components of a normal vector one by one.
    public var assumed: Int
    /// How many of them got their value at once, since no rule of the graph applies to them.
    public var sampled: Int
    /// How many values the program drew here.
    public var drawn: Int
    /// By which calls others got their value later, before they were observed or dropped.
    public var forced: [Cause]
    /// How often a variable that had been forced was used where it would have been conjugate.
    public var missed: Int

    /// How many never needed a value: the program is exact in them.
    public var marginalized: Int {
      forced.reduce(assumed - sampled) { $0 - $1.count }
    }
  }

  /// A call that forced variables.
  public struct Cause: Sendable, Equatable {
    public var call: Call
    public var site: Site
    public var count: Int
  }

  /// In the order of their sites' descriptions.
  public var entries: [Entry]

  /// True if no variable got a value by sampling: the evidence has no Monte Carlo error.
  public var isExact: Bool {
    entries.allSatisfy { $0.marginalized == $0.assumed && $0.drawn == 0 }
  }

  init(_ counters: ReportCounters) {
    entries = counters.places.map { place in
      Entry(
        site: place.site, assumed: place.assumed, sampled: place.sampled, drawn: place.drawn,
        forced: place.forced
          .map { Cause(call: $0.call, site: $0.site, count: $0.count) }
          .sorted { ($0.site.description, $0.call) < ($1.site.description, $1.call) },
        missed: place.missed)
    }
    entries.sort { ($0.site.text, $0.site.line) < ($1.site.text, $1.site.line) }
  }
}

extension MarginalizationReport: CustomStringConvertible {
  /// A line for each site.
  public var description: String {
    entries.map { entry in
      if entry.assumed == 0 { return "\(entry.site): \(entry.drawn) drawn" }
      var line = "\(entry.site): \(entry.marginalized) of \(entry.assumed) marginalized"
      if entry.sampled > 0 { line += ", \(entry.sampled) sampled at once" }
      for cause in entry.forced {
        line += ", \(cause.count) forced by \(cause.call) at \(cause.site)"
      }
      if entry.missed > 0 { line += "; \(entry.missed) later uses would have been conjugate" }
      return line
    }.joined(separator: "\n")
  }
}
