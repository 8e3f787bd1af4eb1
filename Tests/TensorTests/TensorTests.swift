import Testing

@testable import Tensor

@Suite struct TensorTests {
  @Test func shapes() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.count == 24 && shape.rank == 3 && shape.rows == 6 && shape.columns == 4)
    #expect(shape.description == "[2, 3, 4]")
    let scalar: Shape = []
    #expect(scalar.count == 1 && scalar.rows == 1 && scalar.columns == 1)
    #expect(Shape([0, 5]).count == 0)
  }

  @Test func indexingIsRowMajor() {
    let tensor = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    #expect(tensor[0, 0, 0] == 0 && tensor[1, 2, 3] == 23 && tensor[1, 0, 2] == 14)
    #expect(tensor.reshaped([6, 4])[3, 2] == 14)
    #expect(tensor.stretch(from: 12, shape: [3, 4])[0, 2] == 14)
  }

  @Test func copiesAreIndependent() {
    let original = Tensor((0..<6).map(Float.init), shape: [2, 3])
    var copy = original, row = original.stretch(from: 3, shape: [3])
    copy[0, 1] = 10
    row[0] = 30
    #expect(original.values == [0, 1, 2, 3, 4, 5])
    #expect(copy.values == [0, 10, 2, 3, 4, 5])
    #expect(row.values == [30, 4, 5])
  }

  @Test func equality() {
    #expect(Tensor([1, 2]) == Tensor([1, 2]))
    #expect(Tensor([1, 2]) != Tensor([1, 2], shape: [2, 1]))
    #expect(Tensor([.nan]) != Tensor([.nan]))
    #expect(Tensor([0]) == Tensor([-0.0]))
  }

  @Test func storageIsAligned() {
    for count in [0, 1, 7, 100] {
      Tensor(zeros: [count]).withUnsafeBuffer {
        #expect($0.count == count && UInt(bitPattern: $0.baseAddress) % 64 == 0)
      }
    }
  }
}
