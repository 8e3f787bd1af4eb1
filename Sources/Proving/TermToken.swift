public import Kernel

/// One token of a term written in prefix notation, as conjectures are decoded and states are
/// encoded.
///
/// A term is a head token followed by its arguments: `pi` and `lambda` by domain and body, a
/// constant or variable by its arguments. Bound variables and hypotheses are numbered alike, by the
/// level at which they were introduced, counted from the outermost: renaming changes nothing.
public enum TermToken: Hashable, Sendable {
  case pi
  case lambda
  case sort(Sort)
  case constant(ConstantID)
  case variable(level: Int)
  /// One decimal digit of a numeral, most significant first.
  case digit(UInt8)
  /// Stands before a head with fewer or more arguments than its type shows: `partial n head a1 …
  /// an`.
  case partial(Int)
}
