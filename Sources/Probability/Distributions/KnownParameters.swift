// Literals like 0 are of type Int where nothing says otherwise, so that the generic initializers,
// alone, would make `Normal(0, variance: 1)` a distribution with integer parameters. They are
// therefore disfavored, and the ones here, with the types of known parameters, come first.

extension Normal where Mean == Double, Variance == Double {
  @inlinable
  public init(_ mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }

  /// The normal distribution with standard deviation `deviation`.
  @inlinable
  public init(_ mean: Double, deviation: Double) {
    self.init(mean, variance: deviation.magnitude * deviation)
  }
}

extension Gamma where Rate == Double {
  @inlinable
  public init(shape: Double, rate: Double) {
    self.shape = shape
    self.rate = rate
  }
}

extension InverseGamma where Scale == Double {
  @inlinable
  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }
}

extension Exponential where Rate == Double {
  @inlinable
  public init(rate: Double) {
    self.rate = rate
  }
}

extension Uniform where Upper == Double {
  @inlinable
  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }
}

extension Bernoulli where P == Double {
  @inlinable
  public init(_ probability: Double) {
    self.probability = probability
  }
}

extension Binomial where Count == Int, P == Double {
  @inlinable
  public init(count: Int, probability: Double) {
    self.count = count
    self.probability = probability
  }
}

extension NegativeBinomial where P == Double {
  @inlinable
  public init(successes: Double, probability: Double) {
    self.successes = successes
    self.probability = probability
  }
}

extension Geometric where P == Double {
  @inlinable
  public init(_ probability: Double) {
    self.probability = probability
  }
}

extension Poisson where Rate == Double {
  @inlinable
  public init(_ rate: Double) {
    self.rate = rate
  }
}

extension Categorical where P == [Double] {
  @inlinable
  public init(_ probabilities: [Double]) {
    self.probabilities = probabilities
  }
}

extension Multinomial where P == [Double] {
  @inlinable
  public init(count: Int, probabilities: [Double]) {
    self.count = count
    self.probabilities = probabilities
  }
}

extension MultivariateNormal where Mean == Vector, Covariance == DenseMatrix {
  @inlinable
  public init(_ mean: Vector, covariance: DenseMatrix) {
    self.mean = mean
    self.covariance = covariance
  }
}

extension Pareto where Shape == Double {
  @inlinable
  public init(shape: Double, minimum: Double) {
    self.shape = shape
    self.minimum = minimum
  }
}

extension LogNormal where Mean == Double, Variance == Double {
  @inlinable
  public init(_ mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }
}

extension StudentT where Location == Double {
  @inlinable
  public init(degreesOfFreedom: Double, location: Double, scale: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }
}

extension Laplace where Location == Double, Scale == Double {
  @inlinable
  public init(location: Double, scale: Double) {
    self.location = location
    self.scale = scale
  }
}

extension Logistic where Location == Double {
  @inlinable
  public init(location: Double, scale: Double) {
    self.location = location
    self.scale = scale
  }
}

extension MatrixNormal where Mean == DenseMatrix, ColumnCovariance == DenseMatrix {
  @inlinable
  public init(_ mean: DenseMatrix, rowCovariance: DenseMatrix, columnCovariance: DenseMatrix) {
    self.mean = mean
    self.rowCovariance = rowCovariance
    self.columnCovariance = columnCovariance
  }
}
