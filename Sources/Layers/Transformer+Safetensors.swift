public import Tensor

extension Transformer {
  /// The weights as the bytes of a safetensors file.
  ///
  /// The configuration goes into the metadata under `transformer.layers` and so on.
  public func safetensors(metadata: [String: String] = [:]) -> [UInt8] {
    var metadata = metadata
    for (name, value) in configuration.fields {
      metadata["transformer." + name] = String(value)
    }
    var file = Safetensors(metadata: metadata)
    for entry in parameters.layout.entries { file.tensors[entry.name] = parameters[entry] }
    return file.serialized()
  }

  /// Reads what `safetensors(metadata:)` wrote.
  ///
  /// - Throws: `SafetensorsError` where the file is malformed or holds anything but the tensors of
  ///   the configuration that it names.
  public init(safetensors bytes: [UInt8]) throws(SafetensorsError) {
    try self.init(Safetensors(parsing: bytes))
  }

  /// Takes the weights out of a file that was read already.
  public init(_ file: Safetensors) throws(SafetensorsError) {
    let configuration = try TransformerConfiguration(file.metadata)
    let parameters = try Parameters(file.tensors, layout: Self.layout(configuration))
    self.init(configuration: configuration, parameters: parameters)
  }
}

extension TransformerConfiguration {
  fileprivate var fields: [(String, Int)] {
    [
      ("layers", layers), ("width", width), ("heads", heads), ("vocabulary", vocabulary),
      ("context", context),
    ]
  }

  fileprivate init(_ metadata: [String: String]) throws(SafetensorsError) {
    func field(_ name: String) throws(SafetensorsError) -> Int {
      guard let text = metadata["transformer." + name], let value = Int(text) else {
        throw SafetensorsError(
          at: "metadata", problem: "transformer.\(name) is missing or not a number",
          fix: "only weights written by this program say how large the model is")
      }
      return value
    }
    let layers = try field("layers"), width = try field("width"), heads = try field("heads")
    let vocabulary = try field("vocabulary"), context = try field("context")
    if let problem = Self.problem(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context)
    {
      throw SafetensorsError(at: "metadata", problem: problem, fix: "the file is corrupt")
    }
    self.init(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context)
  }
}

extension Parameters {
  /// Exactly the tensors of a layout, by name.
  init(
    _ tensors: [String: Tensor], layout: ParameterLayout, prefix: String = ""
  ) throws(SafetensorsError) {
    // Shapes first: a corrupt configuration must not make room for a model that is not there.
    for entry in layout.entries {
      guard let tensor = tensors[prefix + entry.name] else {
        throw SafetensorsError(
          at: "tensor \"\(prefix + entry.name)\"", problem: "it is missing",
          fix: "the file belongs to another model, or is corrupt")
      }
      guard tensor.shape == entry.shape else {
        throw SafetensorsError(
          at: "tensor \"\(prefix + entry.name)\"",
          problem: "its shape is \(tensor.shape), not \(entry.shape)",
          fix: "the file belongs to another model, or is corrupt")
      }
    }
    let expected = Set(layout.names.map { prefix + $0 })
    let strangers = tensors.keys.filter { $0.hasPrefix(prefix) && !expected.contains($0) }
    if let stranger = strangers.min() {
      throw SafetensorsError(
        at: "tensor \"\(stranger)\"", problem: "the model has no such parameter",
        fix: "the file belongs to another model, or is corrupt")
    }
    self.init(zeros: layout)
    for entry in layout.entries { self[entry.name] = tensors[prefix + entry.name]! }
  }
}
