import CTensorKernels

/// Matrix products and changes of layout.
extension Tape {
  /// A·B for matrices, either one transposed first.
  public mutating func matmul(
    _ a: Variable, _ b: Variable, transposeA: Bool = false, transposeB: Bool = false
  ) -> Variable {
    let (left, right) = (self[a], self[b])
    precondition(
      left.shape.rank == 2 && right.shape.rank == 2,
      "matmul takes matrices, not \(left.shape) and \(right.shape)")
    let x = Matrix(left, transposed: transposeA), y = Matrix(right, transposed: transposeB)
    precondition(
      x.columns == y.rows,
      "matmul of \(left.shape) and \(right.shape): \(x.columns) columns meet \(y.rows) rows")
    let allowsBF16 = allowsBF16
    let value = Tensor([x.rows, y.columns]) {
      product(x, y, into: $0, allowingBF16: allowsBF16)
    }
    return record(value, inputs: a, b) { gradient, adjoints in
      let d = Matrix(gradient)
      adjoints.update(a, shape: left.shape) { target, isFirst in
        if transposeA {
          product(y, d.transposed, into: target, accumulating: !isFirst, allowingBF16: allowsBF16)
        } else {
          product(d, y.transposed, into: target, accumulating: !isFirst, allowingBF16: allowsBF16)
        }
      }
      adjoints.update(b, shape: right.shape) { target, isFirst in
        if transposeB {
          product(d.transposed, x, into: target, accumulating: !isFirst, allowingBF16: allowsBF16)
        } else {
          product(x.transposed, d, into: target, accumulating: !isFirst, allowingBF16: allowsBF16)
        }
      }
    }
  }

  /// residual + x·weight + bias for x [..., in], weight [in, out], bias [out] and residual
  /// [..., out].
  ///
  /// With `columns`, only those columns of the weight and the bias take part.
  public mutating func linear(
    _ x: Variable, weight: Variable, bias: Variable? = nil, residual: Variable? = nil,
    columns: Range<Int>? = nil
  ) -> Variable {
    linear(x, weight: weight, bias: bias, residual: residual, columns: columns, packed: nil)
  }

  /// - Parameter packed: those columns of the weight and their transpose, packed for many tapes.
  package mutating func linear(
    _ x: Variable, weight: Variable, bias: Variable?, residual: Variable?, columns: Range<Int>?,
    packed: PackedFactor?
  ) -> Variable {
    let input = self[x], w = self[weight]
    precondition(
      w.shape.rank == 2 && w.shape[0] == input.shape.columns,
      "linear: a weight of shape \(w.shape) does not fit rows of \(input.shape)")
    let columns = columns ?? 0..<w.shape[1]
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= w.shape[1],
      "linear: columns \(columns) of a weight of shape \(w.shape)")
    let shape = Shape(input.shape.dimensions.dropLast() + [columns.count])
    if let residual {
      precondition(
        self.shape(residual) == shape,
        "linear: a residual of shape \(self.shape(residual)) is added to \(shape)")
    }
    if let bias {
      precondition(
        self.shape(bias) == [w.shape[1]],
        "linear: a bias of shape \(self.shape(bias)) for a weight of shape \(w.shape)")
    }
    precondition(packed == nil || allowsBF16, "linear: packed weights may be rounded to bf16")
    let source = Matrix(input), factor = Matrix(w, columns: columns)
    let allowsBF16 = allowsBF16
    let value = Tensor(shape) {
      product(
        source, factor, packed: packed?.plain(), into: $0, initial: residual.map { self[$0] },
        bias: bias.map { self[$0].stretch(from: columns.lowerBound, shape: [columns.count]) },
        allowingBF16: allowsBF16)
    }
    let pullback: Pullback = { gradient, adjoints in
      let d = Matrix(gradient)
      if let residual { adjoints.add(gradient, to: residual) }
      adjoints.update(x, shape: input.shape) { target, isFirst in
        product(
          d, factor.transposed, packed: packed?.transposed(), into: target,
          accumulating: !isFirst, allowingBF16: allowsBF16)
      }
      adjoints.update(weight, shape: w.shape) { target, isFirst in
        let isWhole = columns.count == w.shape[1]
        if isFirst && !isWhole { target.initialize(repeating: 0, count: w.count) }
        product(
          source.transposed, d, into: target + columns.lowerBound, stride: w.shape[1],
          accumulating: !(isFirst && isWhole), allowingBF16: allowsBF16)
      }
      if let bias {
        withPointers(gradient) { gradient in
          adjoints.accumulate(bias, shape: [w.shape[1]]) {
            tk_current().pointee.column_sums(
              Int64(d.rows), Int64(d.columns), gradient, Int64(d.columns),
              $0 + columns.lowerBound)
          }
        }
      }
    }
    switch (bias, residual) {
    case (nil, nil): return record(value, inputs: x, weight, pullback: pullback)
    case (let bias?, nil): return record(value, inputs: x, weight, bias, pullback: pullback)
    case (nil, let rest?): return record(value, inputs: x, weight, rest, pullback: pullback)
    case (let bias?, let rest?):
      return record(value, inputs: x, weight, bias, rest, pullback: pullback)
    }
  }

  /// The transpose of a matrix.
  public mutating func transpose(_ a: Variable) -> Variable {
    record(self[a].transposed(), inputs: a) { gradient, adjoints in
      adjoints.add(gradient.transposed(), to: a)
    }
  }

  /// The same elements in the same order under another shape.
  public mutating func reshape(_ a: Variable, _ shape: Shape) -> Variable {
    let before = self.shape(a)
    return record(self[a].reshaped(shape), inputs: a) { gradient, adjoints in
      adjoints.add(gradient.reshaped(before), to: a)
    }
  }

  /// Columns of each row: x [..., n] to [..., columns.count].
  public mutating func slice(_ x: Variable, columns: Range<Int>) -> Variable {
    let shape = shape(x)
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= shape.columns,
      "slice: columns \(columns) of shape \(shape)")
    let result = Shape(shape.dimensions.dropLast() + [columns.count])
    let value = withPointers(self[x]) { x in
      Tensor(result) { out in
        for row in 0..<shape.rows {
          (out + row * columns.count).initialize(
            from: x + row * shape.columns + columns.lowerBound, count: columns.count)
        }
      }
    }
    return record(value, inputs: x) { gradient, adjoints in
      withPointers(gradient) { gradient in
        adjoints.accumulate(x, shape: shape) { target in
          for row in 0..<shape.rows {
            let part = target + row * shape.columns + columns.lowerBound
            let source = gradient + row * columns.count
            tk_current().pointee.add(Int64(columns.count), part, source, part)
          }
        }
      }
    }
  }

  /// Rows of a matrix [n, width] by index, repeats allowed: an embedding, or a selection.
  public mutating func gatherRows(_ table: Variable, _ indices: [Int32]) -> Variable {
    let shape = shape(table)
    precondition(shape.rank == 2, "gatherRows takes a matrix, not \(shape)")
    for index in indices {
      precondition(
        index >= 0 && index < shape[0], "gatherRows: row \(index) of shape \(shape)")
    }
    let (count, width) = (Int64(indices.count), Int64(shape[1]))
    let value = withPointers(self[table]) { table in
      Tensor([indices.count, shape[1]]) { out in
        indices.withUnsafeBufferPointer { indices in
          if count > 0 {
            tk_current().pointee.gather(count, width, table, indices.baseAddress!, out)
          }
        }
      }
    }
    return record(value, inputs: table) { gradient, adjoints in
      withPointers(gradient) { gradient in
        adjoints.accumulate(table, shape: shape) { target in
          indices.withUnsafeBufferPointer { indices in
            if count > 0 {
              tk_current().pointee.scatter_add(
                count, width, gradient, indices.baseAddress!, target)
            }
          }
        }
      }
    }
  }
}

/// A matrix in the kernels' order, as it is for the way forth and transposed for the way back,
/// packed when it is asked for.
package struct PackedFactor: Sendable {
  let plain: @Sendable () -> Tensor
  let transposed: @Sendable () -> Tensor

  package init(
    plain: @escaping @Sendable () -> Tensor, transposed: @escaping @Sendable () -> Tensor
  ) {
    self.plain = plain
    self.transposed = transposed
  }
}

extension Tensor {
  /// The transpose of a matrix, as a copy.
  func transposed() -> Tensor {
    precondition(shape.rank == 2, "only a matrix has a transpose, not \(shape)")
    let (rows, columns) = (shape[0], shape[1])
    return withPointers(self) { source in
      Tensor([columns, rows]) { target in
        for row in 0..<rows {
          for column in 0..<columns {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}
