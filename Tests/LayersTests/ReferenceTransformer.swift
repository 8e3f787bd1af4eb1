import Layers
import Randomness
import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The model once more, in double precision, one full sequence at a time, in the plainest form.
struct ReferenceTransformer {
  let configuration: TransformerConfiguration
  var parameters: [String: [Double]]

  init(_ transformer: Transformer) {
    configuration = transformer.configuration
    parameters = Dictionary(
      uniqueKeysWithValues: transformer.parameters.names.map {
        ($0, transformer.parameters[$0].values.map(Double.init))
      })
  }

  subscript(name: String) -> [Double] { parameters[name]! }

  /// The final layer norm's output at each token of one sequence.
  func hidden(_ tokens: [Int32]) -> [[Double]] {
    let width = configuration.width
    var x = tokens.enumerated().map { position, token in
      (0..<width).map {
        self["tokens.weight"][Int(token) * width + $0]
          + self["positions.weight"][position * width + $0]
      }
    }
    for layer in 0..<configuration.layers {
      let block = "blocks.\(layer)."
      let qkv = x.map { linear(norm($0, block + "attention.norm"), block + "attention.qkv") }
      x = x.indices.map { row in
        let mixed = attend(qkv, row)
        return sum(x[row], linear(mixed, block + "attention.projection"))
      }
      x = x.map { row in
        let expanded = linear(norm(row, block + "mlp.norm"), block + "mlp.expansion").map(gelu)
        return sum(row, linear(expanded, block + "mlp.projection"))
      }
    }
    return x.map { norm($0, "norm") }
  }

  func tokenLogits(_ hidden: [Double]) -> [Double] {
    (0..<configuration.vocabulary).map { token in
      let start = token * configuration.width
      return hidden.indices.reduce(0) { $0 + hidden[$1] * self["tokens.weight"][start + $1] }
    }
  }

  func value(_ hidden: [Double]) -> Double {
    dot(hidden, self["value.weight"]) + self["value.bias"][0]
  }

  func policyScore(_ hidden: [Double]) -> Double { dot(hidden, self["policy.weight"]) }

  private func attend(_ qkv: [[Double]], _ row: Int) -> [Double] {
    let width = configuration.width, size = width / configuration.heads
    var out = Array(repeating: 0.0, count: width)
    for head in 0..<configuration.heads {
      let columns = head * size..<(head + 1) * size
      let scores = (0...row).map { key in
        columns.reduce(0) { $0 + qkv[row][$1] * qkv[key][width + $1] }
          / Double(size).squareRoot()
      }
      let weights = scores.map { exp($0 - scores.max()!) }
      let total = weights.reduce(0, +)
      for key in 0...row {
        for c in columns { out[c] += weights[key] / total * qkv[key][2 * width + c] }
      }
    }
    return out
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let rate = 1 / (variance + 1e-5).squareRoot()
    return x.indices.map {
      (x[$0] - mean) * rate * self[name + ".gain"][$0] + self[name + ".bias"][$0]
    }
  }

  private func linear(_ x: [Double], _ name: String) -> [Double] {
    var y = self[name + ".bias"]
    let weight = self[name + ".weight"]
    for i in x.indices {
      for j in y.indices { y[j] += x[i] * weight[i * y.count + j] }
    }
    return y
  }

  private func gelu(_ x: Double) -> Double {
    0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  private func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
