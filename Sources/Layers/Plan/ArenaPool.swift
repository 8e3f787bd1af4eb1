import Synchronization

/// Memory for temporary values, kept from one batch to the next: fresh pages cost as much as the
/// norms.
///
/// There are as many arenas as batches ever ran at the same time. Large ones are not kept.
final class ArenaPool: Sendable {
  /// Memory that one batch at a time writes.
  private struct Arena: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let capacity: Int

    init(capacity: Int) {
      let bytes = capacity * MemoryLayout<Float>.stride
      base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        .bindMemory(to: Float.self, capacity: capacity)
      self.capacity = capacity
    }

    func deallocate() { UnsafeMutableRawPointer(base).deallocate() }
  }

  private let free = Mutex<[Arena]>([])
  /// The most floats of an arena that is kept.
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  deinit {
    free.withLock { free in
      for arena in free { arena.deallocate() }
    }
  }

  /// Lends `count` floats, aligned to 64 bytes, for the length of a call.
  func withMemory<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    let arena = take(count)
    defer {
      if arena.capacity > limit {
        arena.deallocate()
      } else {
        free.withLock { $0.append(arena) }
      }
    }
    return body(arena.base)
  }

  private func take(_ count: Int) -> Arena {
    let known = free.withLock { $0.popLast() }
    if let known {
      if known.capacity >= count { return known }
      known.deallocate()
    }
    return Arena(capacity: count > limit ? count : min(limit, max(count + count / 4, 1024)))
  }
}
