import FuzzDriver
import Layers
import Tensor

/// Whatever the bytes, weights and optimizer state are read or refused, without room made for a
/// network that the file does not hold.
@main struct FuzzNetwork {
  static func main() {
    fuzz { start, count in
      let bytes = [UInt8](start, count)
      if let network = try? Transformer(safetensors: bytes) {
        let again = try? Transformer(safetensors: network.safetensors())
        require(again?.safetensors() == network.safetensors(), "weights do not read back")
        var optimizer = AdamW(for: network.parameters)
        _ = try? optimizer.restore(safetensors: bytes)
      }
      return 0
    }
  }
}
