/// Sizes beyond which a source is refused.
///
/// They keep every recursion over syntax within an ordinary thread's stack and every table within
/// memory, whatever the bytes. No file that a person writes comes near them.
public enum SyntaxLimits {
  /// Bytes of one source.
  public static let fileBytes = 4 << 20
  /// Tokens of one source.
  public static let tokens = 1_000_000
  /// Brackets, or binders and arguments of the term built, inside one another.
  public static let depth = 200
  /// `goal` blocks inside one another.
  public static let blockDepth = 1_000
  /// Bytes of one name.
  public static let nameBytes = 256
  /// Digits of one numeral.
  public static let numeralDigits = 4_096
}
