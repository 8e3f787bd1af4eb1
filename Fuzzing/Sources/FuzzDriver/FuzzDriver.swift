import CFuzzer
import Glibc

/// Hands inputs to `test` until libFuzzer has had enough; the arguments of the program are those of
/// libFuzzer.
///
/// SwiftPM gives every program a `main` of its own, so libFuzzer is called as a library. Run with
/// `SWIFT_BACKTRACE=enable=no`, or Swift takes the signal of a crash before libFuzzer can save the
/// input.
///
/// Source: LLVM, libFuzzer, section "Using libFuzzer as a library".
///
/// `test` is sendable so that it does not belong to the main actor as `main` does, which would be
/// checked for each input.
public func fuzz(
  _ test: @escaping @Sendable @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> Never {
  var count = CommandLine.argc
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(LLVMFuzzerRunDriver(&count, &arguments, test))
}

extension [UInt8] {
  /// The bytes of one input.
  public init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    self.init(UnsafeBufferPointer(start: start, count: count))
  }
}

/// Ends the process unless the property holds; unlike `precondition`, with its message in an
/// optimized build.
public func require(_ holds: Bool, _ message: @autoclosure () -> String) {
  if !holds { fatalError(message()) }
}
