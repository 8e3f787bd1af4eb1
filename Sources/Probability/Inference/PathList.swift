/// A list that grows at its end and shares its beginning with the lists that it was copied from.
///
/// For what a particle keeps of its past. Copying is O(1) and an `append` copies fewer than
/// `chunkLength` elements, whatever the length, so that N particles with T steps take memory
/// O(T + N log N) and not O(TN): what descends from one ancestor has one copy of its past.
///
/// Sources: Jacob, Murray, Rubenthaler, "Path storage in the particle filter" (Statistics and
/// Computing 2015), theorem 1, for the size of the tree of ancestors; Okasaki, "Purely functional
/// data structures" (1998), section 2.1, for sharing.
public struct PathList<Element: Sendable>: Sendable {
  /// The elements after those of `full`, fewer than `chunkLength`.
  private var tail: [Element] = []
  private var full: Chunk?
  /// The number of elements.
  public private(set) var count = 0

  /// So many elements are shared together.
  public static var chunkLength: Int { 16 }

  /// Elements that no list changes any more, and those before them.
  ///
  /// Unchecked: `previous` is written in `deinit` alone, when nobody else refers to the chunk.
  final class Chunk: @unchecked Sendable {
    let elements: [Element]
    fileprivate(set) var previous: Chunk?

    fileprivate init(_ elements: [Element], after previous: Chunk?) {
      self.elements = elements
      self.previous = previous
    }

    deinit {
      // One after the other: recursion would be as deep as the list is long.
      var next = previous
      previous = nil
      while next != nil && isKnownUniquelyReferenced(&next) {
        let following = next?.previous
        next?.previous = nil
        next = following
      }
    }
  }

  /// An empty list.
  public init() {}

  /// The newest element.
  public var last: Element? { tail.last ?? full?.elements.last }

  /// Adds an element at the end.
  ///
  /// - Complexity: O(`chunkLength`), O(1) on average where the list is not copied.
  public mutating func append(_ element: Element) {
    tail.append(element)
    count += 1
    if tail.count == Self.chunkLength {
      full = Chunk(tail, after: full)
      tail = []
    }
  }

  /// All elements, the oldest first.
  ///
  /// - Complexity: O(`count`).
  public var elements: [Element] {
    var chunks: [[Element]] = [tail]
    var chunk = full
    while let current = chunk {
      chunks.append(current.elements)
      chunk = current.previous
    }
    var result: [Element] = []
    result.reserveCapacity(count)
    for elements in chunks.reversed() { result.append(contentsOf: elements) }
    return result
  }

  /// How many elements some lists store, where those shared count once.
  ///
  /// - Complexity: O(the result).
  public static func storedCount(of lists: [PathList]) -> Int {
    var seen: Set<ObjectIdentifier> = []
    var total = 0
    for list in lists {
      total += list.tail.count
      var chunk = list.full
      while let current = chunk, seen.insert(ObjectIdentifier(current)).inserted {
        total += current.elements.count
        chunk = current.previous
      }
    }
    return total
  }
}
