import FuzzDriver
import Tensor

/// Whatever the bytes, a safetensors file is read or refused; what was read is the same when it is
/// written and read again.
@main struct FuzzSafetensors {
  static func main() {
    fuzz { start, count in
      let bytes = [UInt8](start, count)
      if let file = try? Safetensors(parsing: bytes) {
        require(file.tensors["__metadata__"] == nil, "a tensor called __metadata__")
        let again = try? Safetensors(parsing: file.serialized())
        require(again == file, "what was written does not read back")
      } else {
        // Corrupt numbers are a reason of their own; without it the header decides.
        _ = try? Safetensors(parsing: bytes, allowsNonFinite: true)
      }
      return 0
    }
  }
}
