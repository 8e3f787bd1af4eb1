/// The extents of an array, outermost first. The empty shape is a scalar's.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(
      dimensions.allSatisfy { $0 >= 0 }, "shape \(dimensions) has a negative extent")
    self.dimensions = dimensions
  }

  public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }

  public var rank: Int { dimensions.count }

  /// The number of elements.
  public var count: Int { dimensions.reduce(1, *) }

  /// The number of rows when the last axis is laid out as columns; 1 for a scalar.
  public var rows: Int { dimensions.dropLast().reduce(1, *) }

  /// The extent of the last axis; 1 for a scalar.
  public var columns: Int { dimensions.last ?? 1 }

  public subscript(axis: Int) -> Int { dimensions[axis] }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
