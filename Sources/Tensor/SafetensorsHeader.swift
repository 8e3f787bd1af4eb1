/// A strict reader of the header: exactly the fields of the format, each once.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let shape: [Int]
    let begin: Int, end: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]
  private var text: JSONText

  init(bytes: [UInt8], range: Range<Int>) {
    text = JSONText(bytes: bytes, range: range)
  }

  mutating func parse() throws(SafetensorsError) {
    var names: Set<String> = []
    try text.object(leadingSpace: false) { text, name throws(SafetensorsError) in
      guard names.insert(name).inserted else {
        throw text.error("\"\(name)\" appears twice", "names must be distinct")
      }
      if name == "__metadata__" {
        metadata = try Self.metadata(&text)
      } else {
        entries.append(try Self.entry(&text, name))
      }
    }
    try text.finish()
  }

  private static func metadata(_ text: inout JSONText) throws(SafetensorsError)
    -> [String: String]
  {
    var metadata: [String: String] = [:]
    try text.object { text, key throws(SafetensorsError) in
      let value = try text.string()
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw text.error("metadata \"\(key)\" appears twice", "keys must be distinct")
      }
    }
    return metadata
  }

  private static func entry(
    _ text: inout JSONText, _ name: String
  ) throws(SafetensorsError) -> Entry {
    var dtype: String?, shape: [Int]?, offsets: [Int]?
    try text.object { text, key throws(SafetensorsError) in
      switch key {
      case "dtype" where dtype == nil: dtype = try text.string()
      case "shape" where shape == nil: shape = try text.integers()
      case "data_offsets" where offsets == nil: offsets = try text.integers()
      default:
        throw text.error(
          "field \"\(key)\" of tensor \"\(name)\" is unknown or repeated",
          "a tensor has dtype, shape and data_offsets, each once")
      }
    }
    guard let dtype, let shape, let offsets, offsets.count == 2 else {
      throw text.error(
        "tensor \"\(name)\" lacks dtype, shape or two data_offsets",
        "a tensor has dtype, shape and data_offsets, each once")
    }
    func error(_ problem: String, _ fix: String) -> SafetensorsError {
      SafetensorsError(at: "tensor \"\(name)\"", problem: problem, fix: fix)
    }
    guard dtype == "F32" else {
      throw error("its dtype is \"\(dtype)\"", "convert it to F32")
    }
    guard shape.count <= 32 else {
      throw error("it has \(shape.count) axes", "at most 32 are read")
    }
    var size = 4
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      // An extent of 0 later would hide an overflow, but no array has such a shape.
      guard !overflow else { throw error("shape \(shape) overflows", "no file holds that much") }
      size = product
    }
    guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
      throw error(
        "shape \(shape) takes \(size) bytes, but data_offsets are \(offsets)",
        "shape and data_offsets must agree")
    }
    return Entry(name: name, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
