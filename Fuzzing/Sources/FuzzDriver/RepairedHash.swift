import Hashing

/// The certificate with the hash that its theory has, so that a mutation of the theory is not
/// refused before it is looked at; without a theory, or without a hash line, the bytes as they are.
public func repaired(_ bytes: [UInt8]) -> [UInt8] {
  let first = Array("\ntheory-hash ".utf8), start = Array("\ntheory\n".utf8)
  let end = Array("\nend-theory\n".utf8)
  guard let header = place(of: first, in: bytes, from: 0),
    let begin = place(of: start, in: bytes, from: header + first.count),
    let finish = place(of: end, in: bytes, from: begin + start.count - 1)
  else { return bytes }
  let theory = bytes[(begin + 1)..<(finish + end.count)]
  var result = Array(bytes[..<(header + first.count)])
  result += SHA256.hash(Array(theory)).hex.utf8
  result += bytes[begin...]
  return result
}

private func place(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
  var index = start
  while index + pattern.count <= bytes.count {
    if bytes[index] == pattern[0], bytes[index..<index + pattern.count].elementsEqual(pattern) {
      return index
    }
    index += 1
  }
  return nil
}
