import FuzzDriver

/// Whatever the bytes, an example file is read or refused; a file that is read is the only one with
/// its contents.
@main struct FuzzExamples {
  static func main() {
    fuzz { start, count in
      let bytes = [UInt8](start, count)
      if let set = try? ExampleSet(bytes: bytes) {
        require(set.bytes == bytes, "two files with the same contents")
      }
      return 0
    }
  }
}
