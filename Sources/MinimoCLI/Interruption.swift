import Glibc
import Minimo
import Synchronization

/// Ctrl-C and the polite signal to end: the first asks the work to stop, the second ends at once.
enum Interruption {
  private static let count = Atomic<Int>(0)
  private static let exitCode = MinimoError.interrupted.exitCode

  /// Starts to listen. Until then a signal ends the process as usual.
  static func install() {
    // Everything that the handler touches must exist before the first signal.
    count.store(0, ordering: .relaxed)
    _ = exitCode
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.count.add(1, ordering: .relaxed).oldValue > 0 {
          _exit(Interruption.exitCode)
        }
        let message: StaticString = "\nstopping; once more to stop at once\n"
        _ = write(2, message.utf8Start, message.utf8CodeUnitCount)
      }
    }
  }

  /// - Throws: `.interrupted` once a signal has come.
  static func check() throws(MinimoError) {
    if count.load(ordering: .relaxed) > 0 { throw .interrupted }
  }
}
