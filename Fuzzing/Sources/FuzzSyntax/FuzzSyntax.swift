import FuzzDriver
import PeanoSyntax
import SyntaxProperty

/// The reader of `.p` files, strict dialect.
@main struct FuzzSyntax {
  static func main() {
    fuzz { start, count in
      requireReadOrRefused([UInt8](start, count), .strict)
      return 0
    }
  }
}
