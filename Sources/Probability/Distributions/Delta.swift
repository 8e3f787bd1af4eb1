/// All probability at one value.
@frozen
public struct Delta<Value: Equatable & Sendable>: Sendable {
  public var value: Value

  @inlinable
  public init(_ value: Value) {
    self.value = value
  }
}
