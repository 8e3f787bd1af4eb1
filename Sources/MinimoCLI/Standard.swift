import Glibc
import Minimo

/// The standard streams, unbuffered: what was written is there, whatever happens next.
struct Standard {
  static let output = Standard(descriptor: 1, name: "standard output")
  static let error = Standard(descriptor: 2, name: "standard error")

  let descriptor: Int32
  let name: String

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether escape codes are welcome. See <https://no-color.org>.
  var hasColor: Bool {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isTerminal && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
  }

  /// Columns of the terminal; 80 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// - Throws: `.file` if not everything could be written.
  func print(_ text: String) throws(MinimoError) {
    if let reason = FileOutput.write(Array(text.utf8), to: descriptor) {
      throw .file(path: name, reason: "cannot be written: \(reason)")
    }
  }

  /// Writes what may get lost: nobody is left to tell that the standard error is gone.
  func write(_ text: String) {
    _ = FileOutput.write(Array(text.utf8), to: descriptor)
  }

  /// Makes sure that no file opened later takes the number of a standard stream that was closed.
  ///
  /// The stand-in is opened for reading, so that writing to it fails and is reported.
  static func reserveDescriptors() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
