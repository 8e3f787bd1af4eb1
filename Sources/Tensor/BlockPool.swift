import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Memory of tensors, kept when they let go of it, for those that come next.
///
/// The system takes large blocks away when they are freed and hands them out again page by page,
/// cleared: a training step spent a fourth of its time on that. Blocks are as large as their size
/// class, a quarter of a power of two; small ones are left to the allocator. Kept blocks
/// and those in use take at most a fixed amount more than was in use at once since `empty`.
package final class BlockPool: Sendable {
  /// Aligned to 64 bytes.
  struct Block: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    fileprivate let sizeClass: Int?
  }

  private struct Kept {
    var blocks: [[Block]] = Array(repeating: [], count: Int.bitWidth * 4)
    var bytes = 0
    var usedBytes = 0
    /// The most that was in use at once since `empty`.
    var mostUsedBytes = 0

    /// Takes out what is too much, blocks of this class last.
    mutating func surplus(_ limit: Int, sparing sizeClass: Int) -> [Block] {
      var surplus: [Block] = []
      while bytes > 0 && bytes + usedBytes > limit + mostUsedBytes {
        let other = blocks.indices.first { $0 != sizeClass && !blocks[$0].isEmpty }
        let victim = other ?? sizeClass
        surplus.append(blocks[victim].removeLast())
        bytes -= BlockPool.size(victim)
      }
      return surplus
    }
  }

  package static let shared = BlockPool(limit: 64 << 20)

  /// The fewest bytes of a block that is kept.
  private static let smallest = 16 << 10

  private let kept = Mutex(Kept())
  /// Bytes of blocks, kept and in use, beyond the most that was in use at once.
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  deinit { drop() }

  /// Gives back to the system what is kept, and what the allocator of the process keeps besides:
  /// for the end of work whose tensors nothing else needs. Without the latter the most memory of
  /// three iterations of an agent was an eighth larger.
  package func empty() {
    drop()
    #if canImport(Glibc)
      // malloc_trim(3), which the module Glibc does not have.
      typealias Trim = @convention(c) (_ pad: Int) -> CInt
      if let symbol = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(symbol, to: Trim.self)(0) }
    #endif
  }

  private func drop() {
    let dropped = kept.withLock { kept in
      defer { kept = Kept(usedBytes: kept.usedBytes, mostUsedBytes: kept.usedBytes) }
      return kept.blocks
    }
    for block in dropped.joined() { UnsafeMutableRawPointer(block.base).deallocate() }
  }

  /// Uninitialized memory for at least `count` floats.
  func take(_ count: Int) -> Block {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard bytes >= Self.smallest else { return Self.allocate(bytes, sizeClass: nil) }
    let sizeClass = Self.sizeClass(bytes), size = Self.size(sizeClass)
    let (known, surplus) = kept.withLock { kept in
      let block = kept.blocks[sizeClass].popLast()
      if block != nil { kept.bytes -= size }
      kept.usedBytes += size
      kept.mostUsedBytes = max(kept.mostUsedBytes, kept.usedBytes)
      return (block, kept.surplus(limit, sparing: sizeClass))
    }
    for block in surplus { UnsafeMutableRawPointer(block.base).deallocate() }
    return known ?? Self.allocate(size, sizeClass: sizeClass)
  }

  /// Keeps the block, in the place of blocks of other classes if there are too many.
  func giveBack(_ block: Block) {
    guard let sizeClass = block.sizeClass else {
      UnsafeMutableRawPointer(block.base).deallocate()
      return
    }
    let surplus = kept.withLock { kept in
      kept.blocks[sizeClass].append(block)
      kept.bytes += Self.size(sizeClass)
      kept.usedBytes -= Self.size(sizeClass)
      return kept.surplus(limit, sparing: sizeClass)
    }
    for block in surplus { UnsafeMutableRawPointer(block.base).deallocate() }
  }

  var keptBytes: Int { kept.withLock { $0.bytes } }

  private static func allocate(_ bytes: Int, sizeClass: Int?) -> Block {
    let base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    return Block(base: base.assumingMemoryBound(to: Float.self), sizeClass: sizeClass)
  }

  /// The class of the smallest size that is not less: four of them from a power of two to the next.
  static func sizeClass(_ bytes: Int) -> Int {
    let exponent = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
    return exponent * 4 + ((bytes - 1) >> (exponent - 2) & 3)
  }

  /// Bytes of the blocks of a class.
  static func size(_ sizeClass: Int) -> Int {
    (5 + sizeClass % 4) << (sizeClass / 4 - 2)
  }
}
