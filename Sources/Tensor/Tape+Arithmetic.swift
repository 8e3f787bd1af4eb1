import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Elementwise operations and sums.
extension Tape {
  /// a + b, of one shape.
  public mutating func add(_ a: Variable, _ b: Variable) -> Variable {
    let value = binary(a, b, "add", tk_current().pointee.add)
    return record(value, inputs: a, b) { gradient, adjoints in
      adjoints.add(gradient, to: a)
      adjoints.add(gradient, to: b)
    }
  }

  /// a - b, of one shape.
  public mutating func subtract(_ a: Variable, _ b: Variable) -> Variable {
    let value = binary(a, b, "subtract", tk_current().pointee.subtract)
    return record(value, inputs: a, b) { gradient, adjoints in
      adjoints.add(gradient, to: a)
      adjoints.add(gradient.scaled(by: -1), to: b)
    }
  }

  /// a ∘ b, of one shape.
  public mutating func multiply(_ a: Variable, _ b: Variable) -> Variable {
    let value = binary(a, b, "multiply", tk_current().pointee.multiply)
    let (left, right) = (self[a], self[b])
    return record(value, inputs: a, b) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, right)
      adjoints.accumulateProduct(b, gradient, left)
    }
  }

  /// factor · a
  public mutating func scale(_ a: Variable, by factor: Float) -> Variable {
    record(self[a].scaled(by: factor), inputs: a) { gradient, adjoints in
      adjoints.add(gradient.scaled(by: factor), to: a)
    }
  }

  /// x + bias, the bias [n] added to every row of x [..., n].
  public mutating func addBias(_ x: Variable, _ bias: Variable) -> Variable {
    let shape = shape(x)
    precondition(
      self.shape(bias) == [shape.columns],
      "a bias of shape \(self.shape(bias)) does not fit rows of \(shape)")
    let value = withPointers(self[x], self[bias]) { x, bias in
      Tensor(shape) { out in
        for row in 0..<shape.rows {
          let start = row * shape.columns
          tk_current().pointee.add(Int64(shape.columns), x + start, bias, out + start)
        }
      }
    }
    return record(value, inputs: x, bias) { gradient, adjoints in
      adjoints.add(gradient, to: x)
      adjoints.accumulateColumnSums(bias, gradient)
    }
  }

  /// The sum of all elements, of shape [1].
  public mutating func sum(_ a: Variable) -> Variable {
    let shape = shape(a)
    let total = withPointers(self[a]) { tk_current().pointee.sum(Int64(shape.count), $0) }
    return record(Tensor([Float(total)]), inputs: a) { gradient, adjoints in
      let slope = gradient[0]
      adjoints.add(Tensor(shape) { $0.initialize(repeating: slope, count: shape.count) }, to: a)
    }
  }

  /// GELU in its tanh form (Hendrycks & Gimpel 2016, section 2).
  public mutating func gelu(_ a: Variable) -> Variable {
    let input = self[a]
    return record(unary(input, tk_current().pointee.gelu), inputs: a) { gradient, adjoints in
      let result = withPointers(input, gradient) { x, gradient in
        Tensor(input.shape) {
          tk_current().pointee.gelu_backward(Int64(input.count), x, gradient, $0)
        }
      }
      adjoints.add(result, to: a)
    }
  }

  public mutating func exp(_ a: Variable) -> Variable {
    let value = unary(self[a], tk_current().pointee.exponential)
    return record(value, inputs: a) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, value)
    }
  }

  public mutating func sigmoid(_ a: Variable) -> Variable {
    let value = unary(self[a], tk_current().pointee.sigmoid)
    return record(value, inputs: a) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, value.map { $0 * (1 - $0) })
    }
  }

  public mutating func tanh(_ a: Variable) -> Variable {
    let value = self[a].map { tanhf($0) }
    return record(value, inputs: a) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, value.map { 1 - $0 * $0 })
    }
  }

  public mutating func log(_ a: Variable) -> Variable {
    let input = self[a]
    return record(input.map { logf($0) }, inputs: a) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, input.map { 1 / $0 })
    }
  }

  /// max(0, a), with slope 0 at 0.
  public mutating func relu(_ a: Variable) -> Variable {
    let input = self[a]
    return record(input.map { $0 > 0 ? $0 : 0 }, inputs: a) { gradient, adjoints in
      adjoints.accumulateProduct(a, gradient, input.map { $0 > 0 ? 1 : 0 })
    }
  }

  private func binary(
    _ a: Variable, _ b: Variable, _ name: String,
    _ kernel:
      @convention(c) (
        Int64, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
      ) -> Void
  ) -> Tensor {
    precondition(
      shape(a) == shape(b), "\(name) takes two of one shape, not \(shape(a)) and \(shape(b))")
    let shape = shape(a)
    return withPointers(self[a], self[b]) { a, b in
      Tensor(shape) { kernel(Int64(shape.count), a, b, $0) }
    }
  }

  private func unary(
    _ a: Tensor,
    _ kernel: @convention(c) (Int64, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    withPointers(a) { source in Tensor(a.shape) { kernel(Int64(a.count), source, $0) } }
  }
}

extension Tensor {
  /// Applies a function to each element.
  func map(_ transform: (Float) -> Float) -> Tensor {
    withUnsafeBuffer { source in
      Tensor(uninitialized: shape) { target in
        for i in source.indices { target.initializeElement(at: i, to: transform(source[i])) }
      }
    }
  }

  func scaled(by factor: Float) -> Tensor {
    withPointers(self) { source in
      Tensor(shape) { tk_current().pointee.scale(Int64(count), factor, source, $0) }
    }
  }
}

extension Adjoints {
  /// Adds a ∘ b.
  mutating func accumulateProduct(_ variable: Variable, _ a: Tensor, _ b: Tensor) {
    let count = Int64(a.count), shape = a.shape
    withPointers(a, b) { a, b in
      update(variable, shape: shape) { target, isFirst in
        let kernels = tk_current()
        if isFirst {
          kernels.pointee.multiply(count, a, b, target)
        } else {
          kernels.pointee.multiply_add(count, a, b, target)
        }
      }
    }
  }

  /// Adds the sums of the columns of `x`, in row order.
  mutating func accumulateColumnSums(_ variable: Variable, _ x: Tensor) {
    let (rows, columns) = (Int64(x.shape.rows), Int64(x.shape.columns))
    withPointers(x) { x in
      accumulate(variable, shape: [Int(columns)]) {
        tk_current().pointee.column_sums(rows, columns, x, columns, $0)
      }
    }
  }
}
