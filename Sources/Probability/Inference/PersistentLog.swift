/// A list that grows at its end and shares its past with its copies.
///
/// N copies that descend from one another hold O(T + N log N) elements together, after
/// T steps of resampling.
///
/// Source: Jacob, Murray, Rubenthaler, "Path storage in the particle filter" (Statistics and
/// Computing 2015), for the bound.
@usableFromInline
struct PersistentLog<Element: Sendable>: Sendable {
  private final class Block: Sendable {
    let elements: [Element]
    let previous: Block?

    init(elements: [Element], previous: Block?) {
      (self.elements, self.previous) = (elements, previous)
    }
  }

  private static var blockSize: Int { 16 }
  private var blocks: Block?
  private var tail: [Element] = []
  private(set) var count = 0

  @usableFromInline
  init() {}

  @usableFromInline
  init(_ elements: [Element]) {
    for element in elements { append(element) }
  }

  @usableFromInline
  mutating func append(_ element: Element) {
    tail.append(element)
    count += 1
    if tail.count == Self.blockSize {
      blocks = Block(elements: tail, previous: blocks)
      tail = []
    }
  }

  /// The elements, oldest first.
  @usableFromInline
  var elements: [Element] {
    var parts = [tail]
    var block = blocks
    while let current = block {
      parts.append(current.elements)
      block = current.previous
    }
    return parts.reversed().flatMap { $0 }
  }
}
