/// What to call a character that no source may hold, comments included; `nil` if it is allowed.
///
/// Control characters hide text from a reader, and bidirectional ones reorder it: a source must
/// mean what it looks like.
func forbidden(_ scalar: Unicode.Scalar) -> String? {
  switch scalar.value {
  case 0x09, 0x0A, 0x0D: nil
  case 0x00...0x1F, 0x7F...0x9F: "a control character"
  case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "a bidirectional control"
  case 0x200B...0x200D, 0x2060, 0xFEFF: "an invisible character"
  case 0x2028, 0x2029: "a Unicode line separator"
  default: nil
  }
}

/// The Unicode scalar that starts at `offset` and its length in bytes; `nil` where the bytes are
/// not well-formed UTF-8 (Unicode 15, table 3-7).
func decodeScalar(
  _ bytes: [UInt8], at offset: Int
) -> (scalar: Unicode.Scalar, length: Int)? {
  let first = bytes[offset]
  if first < 0x80 { return (Unicode.Scalar(first), 1) }
  let length: Int
  var value: UInt32
  switch first {
  case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
  case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
  case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
  default: return nil
  }
  guard offset + length <= bytes.count else { return nil }
  for byte in bytes[(offset + 1)..<(offset + length)] {
    guard byte & 0xC0 == 0x80 else { return nil }
    value = value << 6 | UInt32(byte & 0x3F)
  }
  let isShortest = length == 2 || value >= (length == 3 ? 0x800 : 0x10000)
  guard isShortest, let scalar = Unicode.Scalar(value) else { return nil }
  return (scalar, length)
}
