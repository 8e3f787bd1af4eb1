import Glibc

/// Tests that take minutes: they repeat whole experiments, and run only where they are asked for.
public enum LongTests {
  /// Whether `MINIMO_LONG_TESTS` is 1 in the environment.
  public static var areWanted: Bool {
    guard let value = getenv("MINIMO_LONG_TESTS") else { return false }
    return String(cString: value) == "1"
  }
}
