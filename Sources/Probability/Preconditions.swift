/// Ends the program with a message unless the caller kept its side.
///
/// The standard library's `precondition` says nothing in release builds, which are the ones that
/// people run.
@inlinable
@inline(__always)
func require(
  _ isMet: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !isMet { refuse(message(), file, line) }
}

@usableFromInline
@inline(never)
func refuse(_ message: String, _ file: StaticString, _ line: UInt) -> Never {
  fatalError(message, file: file, line: line)
}

/// Checks the part of the particles whose effective number makes a filter resample.
@inlinable
func requireTrigger(_ trigger: Double, of method: StaticString) {
  require(
    trigger >= 0 && trigger <= 1, "\(method)(trigger: \(trigger)): a fraction in 0...1 is needed")
}
