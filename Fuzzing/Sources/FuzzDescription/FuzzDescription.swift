import FuzzDriver

/// Whatever the bytes, `run.json` is read or refused; what was read is the same when it is written
/// and read again.
@main struct FuzzDescription {
  static func main() {
    fuzz { start, count in
      let bytes = [UInt8](start, count)
      if let value = try? JSONValue(parsing: bytes) {
        let once = try! JSONValue(parsing: Array(value.text().utf8))
        let twice = try! JSONValue(parsing: Array(once.text(indented: true).utf8))
        require(once == twice, "JSON does not read back")
      }
      if let description = try? RunDescription(parsing: bytes, path: "run.json") {
        // Read twice: a number without a fraction reads back as an integer.
        let once = try! RunDescription(parsing: Array(description.text.utf8), path: "run.json")
        let twice = try! RunDescription(parsing: Array(once.text.utf8), path: "run.json")
        require(once == twice, "run.json does not read back")
      }
      return 0
    }
  }
}
