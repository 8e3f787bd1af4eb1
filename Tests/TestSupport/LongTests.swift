import Glibc

/// Whether tests that have a long form run it: more simulations, more cases, a printed table.
///
/// `MINIMO_LONG_TESTS=1` asks for it. The ordinary form of a test must find the errors that the
/// test is there for; the long one finds smaller ones.
public enum LongTests {
  public static let areWanted: Bool = {
    guard let text = getenv("MINIMO_LONG_TESTS") else { return false }
    return String(cString: text) == "1"
  }()
}
