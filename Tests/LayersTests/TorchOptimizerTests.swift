import Testing

@testable import Layers
@testable import Tensor

/// Ten steps with each optimizer and each of its switches, against what PyTorch 2.13 computes.
///
///     def run(make):
///       p = torch.tensor([-2., -1, 0, 1, 2, 3], requires_grad=True)
///       o = make([p])
///       for t in range(1, 11):
///         p.grad = torch.tensor([((i * 7 + t * 5) % 11 - 5) / 8 for i in range(6)])
///         o.step()
///       return [float(f"{v:.7g}") for v in p.detach()]
@Suite struct TorchOptimizerTests {
  static let layout = ParameterLayout([("w", [2, 3])])
  static let start = {
    var parameters = Parameters(zeros: layout)
    parameters["w"] = Tensor([-2, -1, 0, 1, 2, 3], shape: [2, 3])
    return parameters
  }()

  private func check(_ optimizer: some Optimizer, _ expected: [Float]) {
    var (optimizer, parameters) = (optimizer, Self.start)
    for t in 1...10 {
      var gradients = Gradients(zeros: Self.layout)
      let values = (0..<6).map { Float(($0 * 7 + t * 5) % 11 - 5) / 8 }
      gradients.set(Self.layout.entries[0], to: Tensor(values, shape: [2, 3]))
      optimizer.step(&parameters, gradients)
    }
    #expect(optimizer.stepCount == 10)
    for (value, truth) in zip(parameters["w"].values, expected) {
      #expect(abs(value - truth) <= 2e-6 * max(1, abs(truth)))
    }
  }

  @Test func sgd() {
    // SGD([p], lr=0.1)
    check(
      SGD(for: Self.start, learningRate: 0.1), [-2.0625, -0.975, -0.025, 1.0625, 2.0125, 2.9625])
    // SGD([p], lr=0.1, momentum=0.9)
    check(
      SGD(for: Self.start, learningRate: 0.1, momentum: 0.9),
      [-2.465236, -0.7745643, 0.105689, 1.052027, 1.959592, 3.059876])
    // SGD([p], lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01)
    check(
      SGD(for: Self.start, learningRate: 0.1, momentum: 0.9, dampening: 0.5, weightDecay: 0.01),
      [-2.183379, -0.7036104, -0.06827048, 1.042999, 2.13335, 2.877159])
    // SGD([p], lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)
    check(
      SGD(for: Self.start, learningRate: 0.1, momentum: 0.9, isNesterov: true, weightDecay: 0.01),
      [-2.37819, -0.7343234, 0.06927298, 1.065112, 1.880208, 2.872999])
  }

  @Test func rmsProp() {
    // RMSprop([p], lr=0.01)
    check(
      RMSprop(for: Self.start), [-2.10683, -0.920083, -0.04244801, 1.103941, 2.034104, 2.941123])
    // RMSprop([p], lr=0.01, alpha=0.9, momentum=0.9, weight_decay=0.01)
    check(
      RMSprop(for: Self.start, smoothing: 0.9, weightDecay: 0.01, momentum: 0.9),
      [-1.99927, -0.8119596, -0.02956622, 1.111883, 2.01615, 2.909739])
    // RMSprop([p], lr=0.01, alpha=0.95, eps=1e-6, momentum=0.5, centered=True)
    check(
      RMSprop(for: Self.start, smoothing: 0.95, epsilon: 1e-6, momentum: 0.5, isCentered: true),
      [-2.103143, -0.932134, -0.02053318, 1.083778, 2.01684, 2.95837])
  }

  @Test func adam() {
    // Adam([p], lr=0.05)
    check(
      Adam(for: Self.start, learningRate: 0.05),
      [-2.164083, -0.8655676, -0.01044582, 1.023271, 2.043907, 3.002783])
    // Adam([p], lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)
    check(
      Adam(
        for: Self.start, learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-6,
        weightDecay: 0.1),
      [-1.873549, -0.8159597, -0.003820631, 0.9319465, 1.852796, 2.708037])
  }

  @Test func adamW() {
    // AdamW([p], lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)
    check(
      AdamW(
        for: Self.start, learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-6,
        weightDecay: 0.1, clipNorm: .infinity),
      [-2.043528, -0.8501066, -0.005876332, 0.9922253, 1.929023, 2.84391])
  }

  /// A gradient that is no number changes nothing, and decay leaves vectors alone.
  @Test func infiniteGradientsAndVectors() {
    let layout = ParameterLayout([("b", [3])])
    var parameters = Parameters(zeros: layout)
    parameters["b"] = Tensor([1, 2, 3])
    var gradients = Gradients(zeros: layout)
    func check(_ optimizer: some Optimizer) {
      var (optimizer, moved) = (optimizer, parameters)
      optimizer.step(&moved, gradients)
      #expect(moved.vector == parameters.vector)
    }
    for value in [Float(0), .nan] {
      gradients.set(layout.entries[0], to: Tensor([0, value, 0]))
      check(SGD(for: parameters, learningRate: 0.1, momentum: 0.9, weightDecay: 1))
      check(RMSprop(for: parameters, weightDecay: 1, momentum: 0.9, isCentered: true))
      check(Adam(for: parameters, weightDecay: 1))
      check(AdamW(for: parameters, weightDecay: 1))
    }
  }
}
