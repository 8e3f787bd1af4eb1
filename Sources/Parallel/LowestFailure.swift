import Synchronization

/// The lowest index at which something failed, seen by all threads soon after.
final class LowestFailure: Sendable {
  private let index = Atomic<Int>(.max)

  /// Whether a lower index is known to have failed.
  func precedes(_ other: Int) -> Bool { index.load(ordering: .relaxed) < other }

  func record(_ other: Int) { index.min(other, ordering: .relaxed) }
}
