public import Randomness

/// A property that failed, with the key that replays the failing case alone.
public struct Counterexample: Error, CustomStringConvertible {
  public let key: RandomKey
  public let underlying: any Error

  public var description: String {
    "failed for key \(key); pass `replaying: \"\(key)\"` to run this case alone: \(underlying)"
  }
}

/// Runs `property` on `count` independent random streams; it fails by throwing (`#require`).
///
/// - Throws: `Counterexample` for the first stream that fails.
public func forAll(
  _ count: Int = 100, seed: UInt64 = 0, replaying: String? = nil,
  _ property: (inout RandomStream) throws -> Void
) throws(Counterexample) {
  let keys: [RandomKey]
  if let replaying {
    guard let key = RandomKey(replaying) else {
      preconditionFailure("not a random key: '\(replaying)'")
    }
    keys = [key]
  } else {
    let root = RandomKey(seed: seed)
    keys = (0..<count).map { root.child("case", $0) }
  }
  for key in keys {
    var stream = key.stream()
    do {
      try property(&stream)
    } catch {
      throw Counterexample(key: key, underlying: error)
    }
  }
}
