import Testing

@testable import Tensor

@Suite struct BlockPoolTests {
  /// A class holds what is put into it, wastes at most a quarter, and is the smallest that does.
  @Test func sizeClassesFit() {
    for bytes in (16 << 10)...(80 << 10) {
      let sizeClass = BlockPool.sizeClass(bytes), size = BlockPool.size(sizeClass)
      #expect(size >= bytes && size * 4 <= bytes * 5 + 4)
      #expect(BlockPool.size(sizeClass - 1) < bytes)
    }
    for exponent in 14..<40 {
      #expect(BlockPool.size(BlockPool.sizeClass(1 << exponent)) == 1 << exponent)
    }
  }

  @Test func blocksComeBackUnlessTheyAreSmallOrTooMany() {
    let pool = BlockPool(limit: 40_000)
    let first = pool.take(5_000)
    pool.giveBack(first)
    #expect(pool.keptBytes == 20_480)
    #expect(pool.take(5_100).base == first.base)
    #expect(pool.keptBytes == 0)
    pool.giveBack(first)
    let other = pool.take(10_000)
    #expect(other.base != first.base)
    #expect(UInt(bitPattern: other.base) % 64 == 0)
    pool.giveBack(pool.take(100))
    #expect(pool.keptBytes == 20_480)
    pool.giveBack(other)
    #expect(pool.keptBytes == 61_440)
    // 57,344 bytes, the most in use so far, would be 21,440 too many: the smallest go first.
    pool.giveBack(pool.take(14_000))
    #expect(pool.keptBytes == 57_344)
    pool.empty()
    #expect(pool.keptBytes == 0)
  }

  /// What was in use at once is kept, as it will be again, until the pool is emptied.
  @Test func whatWasInUseMayBeKept() {
    let pool = BlockPool(limit: 0)
    let blocks = [pool.take(30_000), pool.take(30_000)]
    pool.giveBack(blocks[0])
    #expect(pool.keptBytes == 131_072)
    pool.giveBack(blocks[1])
    #expect(pool.keptBytes == 262_144)
    pool.giveBack(pool.take(14_000))
    #expect(pool.keptBytes == 57_344 + 131_072)
    pool.empty()
    pool.giveBack(pool.take(14_000))
    #expect(pool.keptBytes == 57_344)
    pool.giveBack(pool.take(30_000))
    #expect(pool.keptBytes == 131_072)
  }

  /// Also where blocks of one class make room for those of another.
  @Test func blocksInUseAndKeptAreBounded() {
    let pool = BlockPool(limit: 40_000)
    for block in (0..<4).map({ _ in pool.take(30_000) }) { pool.giveBack(block) }
    #expect(pool.keptBytes == 4 * 131_072)
    let others = (1...8).map { count in
      let block = pool.take(14_000)
      #expect(pool.keptBytes + count * 57_344 <= 4 * 131_072 + 40_000)
      return block
    }
    #expect(pool.keptBytes == 0)
    for block in others { pool.giveBack(block) }
    #expect(pool.keptBytes == 8 * 57_344)
  }

  /// What was written before does not show.
  @Test func zerosAreZeros() {
    for _ in 0..<4 {
      var tensor = Tensor(zeros: [100, 100])
      #expect(tensor.values.allSatisfy { $0 == 0 })
      tensor.withMutablePointer { $0.update(repeating: .nan, count: 10_000) }
    }
  }
}
