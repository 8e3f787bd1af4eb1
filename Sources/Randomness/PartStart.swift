/// The first words of a short stream, computed ahead for many streams at once.
///
/// A block of Philox is a long chain of dependent multiplications. Those of different streams are
/// independent, so a loop over streams takes a fraction of the time that each would take by itself.
/// And as a block is two words, of which many streams need only one, two streams share the block of
/// their first words.
@frozen
public struct PartStart: Sendable, BitwiseCopyable {
  /// The words as the stream has them, in reverse order: `count` of them, one or three.
  @usableFromInline var last: UInt64 = 0
  @usableFromInline var middle: UInt64 = 0
  @usableFromInline var first: UInt64 = 0
  @usableFromInline var count: UInt64 = 1

  @inlinable
  public init() {}
}

extension RandomStream {
  /// A stream of one word of its own, `start`'s, and then part number `part` of the key's numbers.
  @inlinable
  @inline(__always)
  public init(key: RandomKey, part: Int, start: PartStart) {
    self.init(key: key)
    turn(toPart: part, start: start)
  }

  /// Turns to another part of the same key.
  @inlinable
  @inline(__always)
  public mutating func turn(toPart part: Int, start: PartStart) {
    (last, middle, first) = (start.last, start.middle, start.first)
    spareCount = start.count
    counter = UInt64(truncatingIfNeeded: part) &<< 32 | (start.count &>> 1)
  }

  /// Whether more than the first word of a stream with a start was taken.
  @inlinable
  @inline(__always)
  public var isPastFirstWord: Bool { spareCount < 2 && counter & 0xFFFF_FFFF != 0 }
}

extension RandomKey {
  /// Calls `body` with 0, 1, … and the start of the stream that is as many after number `first`.
  ///
  /// Starts are computed for a block of streams at a time that stays in the nearest cache.
  ///
  /// - Parameter isLong: Computes three words of each and not only one, for streams that need them;
  ///   the words are the same.
  @inlinable
  @inline(__always)
  public func forEachStart(
    ofPartsFrom first: Int, count: Int, isLong: Bool, _ body: (Int, PartStart) -> Void
  ) {
    let size = 128
    withUnsafeTemporaryAllocation(of: PartStart.self, capacity: size) { starts in
      let base = starts.baseAddress!
      var begin = 0
      while begin < count {
        let block = UnsafeMutableBufferPointer(start: base, count: min(size, count &- begin))
        writeStarts(ofPartsFrom: first &+ begin, to: block, isLong: isLong)
        for offset in 0..<block.count { body(begin &+ offset, base[offset]) }
        begin &+= size
      }
    }
  }

  /// The start of the stream with number `part`: what `writeStarts` writes for it.
  public func start(ofPart part: Int) -> PartStart {
    withUnsafeTemporaryAllocation(of: PartStart.self, capacity: 1) { start in
      writeStarts(ofPartsFrom: part, to: start, isLong: false)
      return start[0]
    }
  }

  /// Writes the starts of the streams from number `first` on to `starts`.
  ///
  /// - Parameter isLong: Computes three words of each and not only one, for streams that need them;
  ///   the words are the same.
  public func writeStarts(
    ofPartsFrom first: Int, to starts: UnsafeMutableBufferPointer<PartStart>, isLong: Bool
  ) {
    precondition(
      first >= 0 && first + starts.count <= 1 << 32, "parts from \(first) on of 2^32")
    let count = starts.count
    guard let base = starts.baseAddress, count > 0 else { return }
    let leads = child("lead")
    // Stream 2k has the first word of block k, stream 2k + 1 the second one.
    var pair = first / 2
    while 2 &* pair < first &+ count {
      let blocks = Philox4x32.fourBlocks(secondWord: pair, leads.high, key: leads.low)
      for lane in 0..<4 {
        let offset = 2 &* (pair &+ lane) &- first
        if offset >= 0 && offset < count {
          base[offset] = PartStart()
          base[offset].last = blocks.first[lane]
        }
        if offset >= -1 && offset &+ 1 < count {
          base[offset &+ 1] = PartStart()
          base[offset &+ 1].last = blocks.second[lane]
        }
      }
      pair &+= 4
    }
    if !isLong { return }
    var offset = 0
    while offset < count {
      let blocks = Philox4x32.fourBlocks(secondWord: first &+ offset, high, key: low)
      for lane in 0..<min(4, count &- offset) {
        base[offset &+ lane].first = base[offset &+ lane].last
        base[offset &+ lane].middle = blocks.first[lane]
        base[offset &+ lane].last = blocks.second[lane]
        base[offset &+ lane].count = 3
      }
      offset &+= 4
    }
  }
}
