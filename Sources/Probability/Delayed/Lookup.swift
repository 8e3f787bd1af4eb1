import Glibc

/// An element of an array at a random index: `transition[state]`.
///
/// What can stand for a probability, or for the probabilities of several options. What becomes of
/// the index when something is observed: see `Switch`.
@frozen
public struct Lookup<Element: Sendable>: Sendable {
  @usableFromInline let elements: [Element]
  /// The index: a random integer, or false and true as 0 and 1.
  @usableFromInline let index: UInt64

  @inlinable
  init(elements: [Element], index: UInt64) {
    (self.elements, self.index) = (elements, index)
  }

  /// The element at a value of the index, for a call at `site`.
  func element(_ position: Int, _ site: Site) -> Element {
    if !elements.indices.contains(position) {
      // A precondition has no message in release builds.
      fatalError("\(site): an index that can be \(position), of \(elements.count) elements")
    }
    return elements[position]
  }
}

extension Array where Element: Sendable {
  /// The element at a random index.
  @inlinable
  public subscript(index: Random<Int>) -> Lookup<Element> {
    Lookup(elements: self, index: index.bits)
  }

  /// The first of two elements for false, the second for true.
  @inlinable
  public subscript(index: Random<Bool>) -> Lookup<Element> {
    Lookup(elements: self, index: index.bits)
  }
}
