import Hashing

/// The content of `SHA256SUMS`: one line per file, sorted by path, and a comment with the SHA-256
/// of these lines.
///
/// Names are compared and split as bytes: in Swift's strings a letter and the accent after it are
/// one character, and some signs equal others.
struct SumList {
  static let name = "SHA256SUMS"
  /// What `replaceFile` leaves behind if it is interrupted.
  static let draft = name + ".tmp"
  static let lock = "LOCK"
  static let exports = "exports/"
  static let sizeLimit = 256 << 20

  private(set) var entries: [(file: String, digest: String)]

  /// Whether a file of the run folder is listed.
  static func covers(_ file: String) -> Bool {
    ![name, lock, draft].contains { file.hasSameBytes(as: $0) }
  }

  /// Whether a folder belongs to every run, and holds nothing in some.
  static func mayBeEmpty(_ folder: String) -> Bool {
    folder.hasSameBytes(as: "checkpoints") || (folder + "/").startsWithBytes(of: exports)
  }

  init(entries: [(file: String, digest: String)]) {
    self.entries = entries.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
  }

  init(of files: [String], in folder: String) throws(StoreError) {
    var entries: [(file: String, digest: String)] = []
    for file in files { entries.append((file, try hashFile(folder + "/" + file).digest.hex)) }
    self.init(entries: entries)
  }

  private var lines: String {
    entries.map { entry in
      let escaped = escaped(entry.file)
      return (escaped.hasSameBytes(as: entry.file) ? "" : "\\") + entry.digest + "  " + escaped
        + "\n"
    }.joined()
  }

  var text: String { lines + "# " + SHA256.hash(lines).hex + "\n" }

  /// Nil unless the bytes are what `text` is for some list.
  init?(parsing bytes: [UInt8]) {
    entries = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
      let isEscaped = line.first == UInt8(ascii: "\\")
      let line = isEscaped ? line.dropFirst() : line
      let digest = line.prefix(64)
      let rest = line.dropFirst(64)
      guard rest.starts(with: "  ".utf8) else { return nil }
      let file = String(decoding: rest.dropFirst(2), as: UTF8.self)
      entries.append((isEscaped ? unescaped(file) : file, String(decoding: digest, as: UTF8.self)))
    }
    guard Array(self.text.utf8) == bytes else { return nil }
  }
}

private func escaped(_ name: String) -> String {
  var result = ""
  for scalar in name.unicodeScalars {
    switch scalar {
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func unescaped(_ name: String) -> String {
  var result = ""
  var isEscape = false
  for character in name.unicodeScalars {
    if isEscape {
      result.unicodeScalars.append(character == "n" ? "\n" : character)
      isEscape = false
    } else if character == "\\" {
      isEscape = true
    } else {
      result.unicodeScalars.append(character)
    }
  }
  return result
}

extension String {
  /// Whether the texts are the same bytes. `==` also holds for what Unicode calls equivalent, such
  /// as the Kelvin sign and a K.
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  func startsWithBytes(of other: String) -> Bool { utf8.starts(with: other.utf8) }
}
