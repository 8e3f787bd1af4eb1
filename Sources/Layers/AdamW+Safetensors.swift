public import Tensor

extension AdamW {
  private static let first = "first.", second = "second.", steps = "adamw.steps"

  /// The moments and the step count as the bytes of a safetensors file; the settings are not part
  /// of it.
  public func safetensors(metadata: [String: String] = [:]) -> [UInt8] {
    var file = Safetensors(metadata: metadata)
    file.metadata[Self.steps] = String(stepCount)
    for entry in firstMoment.layout.entries {
      file.tensors[Self.first + entry.name] = firstMoment[entry]
      file.tensors[Self.second + entry.name] = secondMoment[entry]
    }
    return file.serialized()
  }

  /// Takes over the moments and the step count that `safetensors(metadata:)` wrote.
  ///
  /// - Throws: `SafetensorsError` where the file is malformed or belongs to another model; the
  ///   optimizer is then unchanged.
  public mutating func restore(safetensors bytes: [UInt8]) throws(SafetensorsError) {
    let file = try Safetensors(parsing: bytes)
    guard let text = file.metadata[Self.steps], let count = Int(text), count >= 0 else {
      throw SafetensorsError(
        at: "metadata", problem: "\(Self.steps) is missing or not a count",
        fix: "this is not the state of an optimizer, or it is corrupt")
    }
    let layout = firstMoment.layout
    guard file.tensors.count == 2 * layout.entries.count else {
      throw SafetensorsError(
        at: "header", problem: "\(file.tensors.count) tensors, not \(2 * layout.entries.count)",
        fix: "the file belongs to another model, or is corrupt")
    }
    let first = try Parameters(file.tensors, layout: layout, prefix: Self.first)
    let second = try Parameters(file.tensors, layout: layout, prefix: Self.second)
    firstMoment = first
    secondMoment = second
    stepCount = count
  }
}
