import Foundation
import Randomness
import TestSupport
import Testing

@testable import Tensor

@Suite struct SafetensorsTests {
  static let sample = Safetensors(
    tensors: [
      "b": Tensor([1, -2, 0.5, 3], shape: [2, 2]), "a": Tensor([7]),
      "empty": Tensor(zeros: [0, 3]),
      "scalar \"é\"\n": Tensor([-0.25], shape: []),
    ], metadata: ["z": "tab\t", "a": "🙂"])

  /// A file from a header's text and a number of data bytes, all zero.
  static func file(_ header: String, data: Int = 0) -> [UInt8] {
    let header = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      + Array(repeating: 0, count: data)
  }

  static func entry(_ shape: String, _ offsets: String, dtype: String = "F32") -> String {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  @Test func roundTrip() throws {
    let bytes = Self.sample.serialized()
    let read = try Safetensors(parsing: bytes)
    #expect(read == Self.sample)
    #expect(read.serialized() == bytes)
    #expect(try Safetensors(parsing: Safetensors().serialized()) == Safetensors())
  }

  @Test func bytesAreTheFormats() {
    let file = Safetensors(
      tensors: ["y": Tensor([1]), "x": Tensor([2, 3])], metadata: ["k": "v"])
    let header =
      "{\"__metadata__\":{\"k\":\"v\"},\"x\":{\"dtype\":\"F32\",\"shape\":[2],"
      + "\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}"
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(
      file.serialized() == Self.file(padded) + [0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x3F])
  }

  @Test func spacesAndEscapesAreRead() throws {
    let header =
      "{ \"\\u0061\\ud83d\\ude42\\n\\/\" :\n{ \"data_offsets\" : [ 0 , 4 ] , \"shape\":[ ],"
      + "\"dtype\":\"F32\" } }  "
    let file = try Safetensors(parsing: Self.file(header, data: 4))
    #expect(file.tensors == ["a🙂\n/": Tensor([0], shape: [])])
  }

  static let malformed: [(String, [UInt8], String)] = [
    ("empty", [], "byte 0"),
    ("short length", [1, 2, 3], "byte 0"),
    ("huge header", Array(repeating: 255, count: 16), "byte 0"),
    ("header over the limit", [1, 0, 0, 1, 0, 0, 0, 0], "byte 0"),
    ("header beyond the file", [9, 0, 0, 0, 0, 0, 0, 0, 123], "byte 0"),
    ("no object", file("[]"), "byte 8"),
    ("leading space", file(" {}"), "byte 8"),
    ("open object", file("{"), "byte 9"),
    ("trailing comma", file("{\"__metadata__\":{},}"), "byte"),
    ("rest after the object", file("{}x"), "byte 10"),
    ("open string", file("{\"a"), "byte"),
    ("bad escape", file("{\"\\q\":1}"), "byte"),
    ("lone surrogate", file("{\"\\ud800\":1}"), "byte"),
    ("bad hexadecimal", file("{\"\\u00g0\":1}"), "byte"),
    ("control character", file("{\"a\u{1}\":1}"), "byte"),
    ("not UTF-8", [4, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22], "byte 12"),
    ("metadata number", file("{\"__metadata__\":{\"a\":1}}"), "byte"),
    ("metadata twice", file("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}"), "byte"),
    ("two metadata", file("{\"__metadata__\":{},\"__metadata__\":{}}"), "byte"),
    ("tensor is a number", file("{\"a\":1}"), "byte"),
    ("no shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}"), "byte"),
    ("unknown field", file("{\"a\":{\"dtype\":\"F32\",\"x\":\"\"}}"), "byte"),
    ("field twice", file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"), "byte"),
    ("one offset", file("{\"a\":\(entry("[0]", "[0]"))}"), "byte"),
    ("negative extent", file("{\"a\":\(entry("[-1]", "[0,4]"))}", data: 4), "byte"),
    ("leading zero", file("{\"a\":\(entry("[01]", "[0,4]"))}", data: 4), "byte"),
    ("fraction", file("{\"a\":\(entry("[1.0]", "[0,4]"))}", data: 4), "byte"),
    ("number overflow", file("{\"a\":\(entry("[9223372036854775808]", "[0,4]"))}"), "byte"),
    (
      "size overflow",
      file("{\"a\":\(entry("[4611686018427387904,4]", "[0,0]"))}"), "tensor \"a\""
    ),
    ("half precision", file("{\"a\":\(entry("[2]", "[0,4]", dtype: "F16"))}"), "tensor \"a\""),
    ("offsets reversed", file("{\"a\":\(entry("[1]", "[4,0]"))}", data: 4), "tensor \"a\""),
    ("size disagrees", file("{\"a\":\(entry("[2]", "[0,4]"))}", data: 4), "tensor \"a\""),
    ("cut short", file("{\"a\":\(entry("[2]", "[0,8]"))}", data: 7), "tensor \"a\""),
    ("data left over", file("{\"a\":\(entry("[2]", "[0,8]"))}", data: 9), "byte"),
    ("gap", file("{\"a\":\(entry("[1]", "[4,8]"))}", data: 8), "tensor \"a\""),
    (
      "overlap",
      file("{\"a\":\(entry("[2]", "[0,8]")),\"b\":\(entry("[1]", "[4,8]"))}", data: 8),
      "tensor \"b\""
    ),
    (
      "name twice",
      file("{\"a\":\(entry("[1]", "[0,4]")),\"a\":\(entry("[1]", "[4,8]"))}", data: 8), "byte"
    ),
    ("deep nesting", file(String(repeating: "{\"a\":", count: 100_000)), "byte"),
  ]

  @Test(arguments: malformed.indices)
  func malformedFilesAreRefused(_ index: Int) throws {
    let (name, bytes, place) = Self.malformed[index]
    let error = try #require(throws: SafetensorsError.self) { try Safetensors(parsing: bytes) }
    #expect(error.place.hasPrefix(place), "\(name): \(error)")
    #expect(!error.problem.isEmpty && !error.fix.isEmpty)
  }

  @Test func nonFiniteNumbersNeedPermission() throws {
    for value in [Float.nan, .infinity, -.infinity] {
      let bytes = Safetensors(tensors: ["a": Tensor([1, value])]).serialized()
      let error = try #require(throws: SafetensorsError.self) { try Safetensors(parsing: bytes) }
      #expect(error.place == "tensor \"a\", element 1")
      let read = try Safetensors(parsing: bytes, allowsNonFinite: true)
      #expect(read.tensors["a"]!.values[1].bitPattern == value.bitPattern)
    }
  }

  /// Every truncation is refused; any damage ends in an error or in a well-formed value.
  @Test func damageNeverCrashes() throws {
    let bytes = Self.sample.serialized()
    for count in bytes.indices {
      #expect(throws: SafetensorsError.self) {
        try Safetensors(parsing: Array(bytes.prefix(count)))
      }
    }
    var survived = 0
    try forAll(3000, seed: 5) { stream in
      var damaged = bytes
      for _ in 0...stream.uniform(below: 4) {
        damaged[stream.uniform(below: bytes.count)] = UInt8(stream.uniform(below: 256))
      }
      if let file = try? Safetensors(parsing: damaged) {
        survived += 1
        try #require(try Safetensors(parsing: file.serialized()) == file)
      }
    }
    #expect(survived > 0 && survived < 3000)
  }

  /// The reference implementation reads our bytes and we read its.
  @Test func pythonAgrees() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("safetensors-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let ours = folder.appendingPathComponent("ours")
    let theirs = folder.appendingPathComponent("theirs")
    try Data(Self.sample.serialized()).write(to: ours)
    let script = """
      import sys
      try:
        import numpy
        from safetensors import safe_open
        from safetensors.numpy import save_file
      except ImportError as error:
        print("skipped:", error)
        sys.exit(0)
      with safe_open(sys.argv[1], framework="numpy") as f:
        tensors = {name: f.get_tensor(name) for name in f.keys()}
        metadata = f.metadata()
      for name in sorted(tensors):
        print(repr(name), tensors[name].dtype, tensors[name].shape, tensors[name].tolist())
      print(sorted(metadata.items()))
      save_file(tensors, sys.argv[2], metadata)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, ours.path, theirs.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["PYTHONIOENCODING": "utf-8"]
    ) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 127 || text.hasPrefix("skipped:") {
      print("pythonAgrees is skipped: \(text.isEmpty ? "there is no python3" : text)")
      return
    }
    #expect(
      text == """
        'a' float32 (1,) [7.0]
        'b' float32 (2, 2) [[1.0, -2.0], [0.5, 3.0]]
        'empty' float32 (0, 3) []
        'scalar "é"\\n' float32 () -0.25
        [('a', '🙂'), ('z', 'tab\\t')]

        """)
    #expect(try Safetensors(parsing: Array(Data(contentsOf: theirs))) == Self.sample)
  }
}
