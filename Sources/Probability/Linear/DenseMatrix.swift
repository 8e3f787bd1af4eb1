/// A vector of real numbers.
public typealias Vector = [Double]

/// A dense matrix of real numbers, stored by rows.
@frozen
public struct DenseMatrix: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// Element (i, j) is at `i * columns + j`.
  public var elements: [Double]

  /// A matrix of the given elements, by rows; their number must be `rows * columns`.
  @inlinable
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "\(elements.count) elements for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row &* columns &+ column] }
    set { elements[row &* columns &+ column] = newValue }
  }
}
