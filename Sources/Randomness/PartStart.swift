/// The first two words of a part of a key's numbers, computed ahead for many parts at once.
///
/// A block of Philox is a long chain of dependent multiplications. Those of different parts are
/// independent, so a loop over parts takes a fraction of the time that each would take by itself.
@frozen
public struct PartStart: Sendable, BitwiseCopyable {
  @usableFromInline let first: UInt64
  @usableFromInline let second: UInt64

  @inlinable
  init(_ words: (UInt64, UInt64)) {
    (first, second) = words
  }

  /// Nothing, to be overwritten.
  @inlinable
  public init() {
    self.init((0, 0))
  }
}

extension RandomKey {
  /// Writes the first words of the parts from number `first` on to `starts`.
  @inlinable
  public func writeStarts(ofPartsFrom first: Int, to starts: UnsafeMutableBufferPointer<PartStart>)
  {
    precondition(
      first >= 0 && first + starts.count <= 1 << 32, "parts from \(first) on of 2^32")
    guard let base = starts.baseAddress else { return }
    var offset = 0
    while offset &+ 4 <= starts.count {
      let blocks = Philox4x32.fourBlocks(firstWord: 0, secondWord: first &+ offset, high, key: low)
      for lane in 0..<4 {
        base[offset &+ lane] = PartStart((blocks.first[lane], blocks.second[lane]))
      }
      offset &+= 4
    }
    while offset < starts.count {
      let counter = UInt64(first &+ offset) &<< 32
      base[offset] = PartStart(Philox4x32.block((counter, high), key: low))
      offset &+= 1
    }
  }
}
