import Glibc

/// The name of one random choice of a run: a place in the program, and how often the run had been
/// there before.
///
/// By default the place is the file and line of the call; `at:` gives it a name. Addresses compare
/// by the text of the place, so equal names in different files are one place.
public struct Address: Sendable {
  /// The place in the program.
  public let site: Site
  /// The number of earlier choices of the run at that place.
  public let visit: Int

  @usableFromInline
  init(site: Site, visit: Int) {
    self.site = site
    self.visit = visit
  }
}

extension Address: Hashable {
  public static func == (left: Address, right: Address) -> Bool {
    left.visit == right.visit && left.site.isSamePlace(as: right.site)
  }

  public func hash(into hasher: inout Hasher) {
    site.withBytes { hasher.combine(bytes: $0) }
    hasher.combine(site.line)
    hasher.combine(visit)
  }
}

extension Address: CustomStringConvertible {
  /// The place, and the visit in brackets unless it is the first.
  public var description: String { visit == 0 ? "\(site)" : "\(site)[\(visit)]" }
}

extension Site {
  /// Whether this has the same text and line; the compiler may store one text twice.
  @inlinable
  func isSamePlace(as other: Site) -> Bool {
    bits == other.bits || hasSameText(as: other)
  }

  @usableFromInline
  func hasSameText(as other: Site) -> Bool {
    guard line == other.line, let first = start, let second = other.start else { return false }
    return strcmp(first, second) == 0
  }

  private var start: UnsafePointer<CChar>? { UnsafePointer(bitPattern: UInt(bits &>> 16)) }

  func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    guard let start else { return }
    body(UnsafeRawBufferPointer(start: start, count: strlen(start)))
  }
}

/// Which choices are meant: those at a place, or one visit of it.
///
///     MetropolisHastings.Move.block(["slope", "intercept"])
///     AddressPattern("effect", visit: 3)
public struct AddressPattern: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name given with `at:`, or the place as `Module/File.swift:12`.
  public let name: String
  /// The visit; `nil` for all.
  public let visit: Int?

  /// The choices at the place `name`.
  public init(_ name: String, visit: Int? = nil) {
    self.name = name
    self.visit = visit
  }

  public init(stringLiteral name: String) {
    self.init(name)
  }

  /// Whether this means `address`.
  public func matches(_ address: Address) -> Bool {
    (visit == nil || visit == address.visit) && name == address.site.description
  }
}

extension AddressPattern: CustomStringConvertible {
  public var description: String {
    if let visit { "\(name)[\(visit)]" } else { name }
  }
}

/// Several patterns, with the answers for each place kept.
struct AddressSelection {
  let patterns: [AddressPattern]
  /// For each place seen: whether all its visits are meant, and which.
  private var answers: [UInt64: (all: Bool, visits: [Int])] = [:]

  init(_ patterns: [AddressPattern]) {
    self.patterns = patterns
  }

  mutating func contains(_ address: Address) -> Bool {
    let answer = answers[address.site.bits] ?? look(up: address.site)
    return answer.all || answer.visits.contains(address.visit)
  }

  private mutating func look(up site: Site) -> (all: Bool, visits: [Int]) {
    let description = site.description
    let matching = patterns.filter { $0.name == description }
    let answer = (
      all: matching.contains { $0.visit == nil }, visits: matching.compactMap(\.visit)
    )
    answers[site.bits] = answer
    return answer
  }
}
