/// Named fp32 tensors with a table of strings: the contents of a safetensors file.
///
/// The file is the length of a JSON header (8 bytes, little-endian), the header, and the numbers.
/// Only dtype F32 is read. Writing is deterministic: names in the order of their UTF-8 bytes.
///
/// Source: github.com/huggingface/safetensors, README, section "Format".
public struct Safetensors: Sendable, Equatable {
  public var tensors: [String: Tensor]
  public var metadata: [String: String]

  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Headers longer than this are refused.
  public static let headerLimit = 16 << 20

  /// The bytes of a file.
  public func serialized() -> [UInt8] {
    precondition(tensors["__metadata__"] == nil, "no tensor may be called __metadata__")
    var fields: [String] = []
    if !metadata.isEmpty {
      let entries = metadata.sorted(by: Self.nameOrder).map {
        JSONText.quoted($0.key) + ":" + JSONText.quoted($0.value)
      }
      fields.append("\"__metadata__\":{" + entries.joined(separator: ",") + "}")
    }
    let sorted = tensors.sorted(by: Self.nameOrder)
    var offset = 0
    for (name, tensor) in sorted {
      let end = offset + 4 * tensor.count
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      fields.append(
        JSONText.quoted(name)
          + ":{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array(("{" + fields.joined(separator: ",") + "}").utf8)
    // Spaces up to a multiple of 8 keep the numbers aligned in a mapped file.
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for (_, tensor) in sorted {
      #if _endian(little)
        tensor.withUnsafeBuffer { bytes += UnsafeRawBufferPointer($0) }
      #else
        for value in tensor.values {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
        }
      #endif
    }
    return bytes
  }

  private static func nameOrder<T>(_ a: (key: String, value: T), _ b: (key: String, value: T))
    -> Bool
  {
    a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
  }

  /// Reads a file.
  ///
  /// - Throws: `SafetensorsError` for anything but a well-formed file whose tensors tile its data
  ///   exactly, and for infinities and NaN unless `allowsNonFinite`.
  public init(parsing bytes: [UInt8], allowsNonFinite: Bool = false) throws(SafetensorsError) {
    let header = try Self.header(of: bytes)
    var reader = SafetensorsHeader(bytes: bytes, range: header)
    try reader.parse()
    let dataStart = header.upperBound
    let dataCount = bytes.count - dataStart
    var covered = 0
    // An empty tensor ends where it begins, so ties in the beginning are ordered by the end.
    let entries = reader.entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    for entry in entries {
      guard entry.begin == covered else {
        throw SafetensorsError(
          at: "tensor \"\(entry.name)\"",
          problem: "its data begins at \(entry.begin), but the tensors before it end at \(covered)",
          fix: "data_offsets must tile the data without gaps or overlaps")
      }
      guard entry.end <= dataCount else {
        throw SafetensorsError(
          at: "tensor \"\(entry.name)\"",
          problem: "its data ends at \(entry.end), but the file has \(dataCount) bytes of data",
          fix: "the file is cut short; copy or save it again")
      }
      covered = entry.end
    }
    guard covered == dataCount else {
      throw SafetensorsError(
        at: "byte \(dataStart + covered)",
        problem: "\(dataCount - covered) bytes follow the last tensor",
        fix: "data_offsets must cover the data exactly")
    }
    var tensors: [String: Tensor] = [:]
    for entry in entries {
      let tensor = Self.tensor(entry, bytes, from: dataStart + entry.begin)
      if !allowsNonFinite, let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
        throw SafetensorsError(
          at: "tensor \"\(entry.name)\", element \(index)", problem: "the number is not finite",
          fix: "the weights are corrupt or training diverged; use an earlier checkpoint")
      }
      tensors[entry.name] = tensor
    }
    self.init(tensors: tensors, metadata: reader.metadata)
  }

  /// The place of the header.
  private static func header(of bytes: [UInt8]) throws(SafetensorsError) -> Range<Int> {
    guard bytes.count >= 8 else {
      throw SafetensorsError(
        at: "byte 0", problem: "the file has \(bytes.count) bytes, fewer than its first field",
        fix: "this is not a safetensors file, or it is cut short")
    }
    let count = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard count <= UInt64(headerLimit) else {
      throw SafetensorsError(
        at: "byte 0", problem: "a header of \(count) bytes exceeds the limit of \(headerLimit)",
        fix: "this is not a safetensors file")
    }
    guard Int(count) <= bytes.count - 8 else {
      throw SafetensorsError(
        at: "byte 0",
        problem: "a header of \(count) bytes does not fit a file of \(bytes.count)",
        fix: "this is not a safetensors file, or it is cut short")
    }
    return 8..<8 + Int(count)
  }

  private static func tensor(
    _ entry: SafetensorsHeader.Entry, _ bytes: [UInt8], from start: Int
  ) -> Tensor {
    Tensor(uninitialized: Shape(entry.shape)) { target in
      bytes.withUnsafeBytes { bytes in
        for i in target.indices {
          let pattern = bytes.loadUnaligned(fromByteOffset: start + 4 * i, as: UInt32.self)
          target.initializeElement(at: i, to: Float(bitPattern: UInt32(littleEndian: pattern)))
        }
      }
    }
  }
}

/// What is wrong with a safetensors file, where, and what to do about it.
public struct SafetensorsError: Error, Hashable, CustomStringConvertible {
  public let place: String
  public let problem: String
  public let fix: String

  public init(at place: String, problem: String, fix: String) {
    self.place = place
    self.problem = problem
    self.fix = fix
  }

  public var description: String { "safetensors, \(place): \(problem); \(fix)" }
}
