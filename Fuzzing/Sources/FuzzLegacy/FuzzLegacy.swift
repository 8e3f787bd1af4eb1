import FuzzDriver
import PeanoSyntax
import SyntaxProperty

/// The reader of `.p` files, legacy dialect.
@main struct FuzzLegacy {
  static func main() {
    fuzz { start, count in
      requireReadOrRefused([UInt8](start, count), .legacy)
      return 0
    }
  }
}
