import Parallel
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 4, 9])
  func everyIndexOnce(_ threads: Int) {
    let pool = WorkerPool(threads: threads)
    #expect(pool.threads == threads)
    for count in [0, 1, 2, 3, 100, 1000] {
      var visits = [Int](repeating: 0, count: count)
      pool.update(&visits) { index, visit in visit += index + 1 }
      #expect(visits == Array(1..<(count + 1)))
      #expect(pool.map(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }
  }

  @Test(arguments: [1, 2, 4])
  func manyShortJobs(_ threads: Int) {
    let pool = WorkerPool(threads: threads)
    let total = Atomic<Int>(0)
    for _ in 0..<2000 {
      pool.forEach(3) { total.add($0, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 6000)
  }

  /// Many rounds, so that workers are also interrupted between taking an index and running it.
  @Test(arguments: [1, 2, 4, 9])
  func lowestErrorWins(_ threads: Int) {
    struct Failure: Error, Equatable { let index: Int }
    let pool = WorkerPool(threads: threads)
    var thrown: [Failure?] = []
    for _ in 0..<5000 {
      do throws(Failure) {
        _ = try pool.map(200) { (index) throws(Failure) -> Int in
          if index % 20 == 17 { throw Failure(index: index) }
          return index
        }
        thrown.append(nil)
      } catch {
        thrown.append(error)
      }
    }
    #expect(thrown.allSatisfy { $0 == Failure(index: 17) })
    #expect(pool.map(3) { $0 } == [0, 1, 2])
  }

  @Test(arguments: [1, 3])
  func nestedCallsRunInline(_ threads: Int) {
    let pool = WorkerPool(threads: threads)
    let sums = pool.map(20) { outer in
      pool.map(outer) { inner in pool.map(inner) { $0 }.reduce(0, +) }.reduce(0, +)
    }
    // Sum over i < n of i(i-1)/2 is n(n-1)(n-2)/6.
    #expect(sums == (0..<20).map { $0 * ($0 - 1) * ($0 - 2) / 6 })
  }

  @Test func concurrentCallersTakeTurns() async {
    let pool = WorkerPool(threads: 2)
    let sums = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<8 {
        group.addTask {
          (0..<50).reduce(0) { sum, _ in sum + pool.map(10) { $0 * caller }.reduce(0, +) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums.sorted() == (0..<8).map { $0 * 45 * 50 })
  }

  /// A recursion that needs more than the 8 MB of an ordinary thread.
  @Test func stackIsDeep() {
    let pool = WorkerPool(threads: 1)
    #expect(pool.map(1) { _ in depth(120_000) } == [120_000])
  }

  @Test func elementsNeedNotBeSendable() {
    final class Counter { var value = 0 }
    let pool = WorkerPool(threads: 3)
    var counters = (0..<50).map { _ in Counter() }
    for _ in 0..<10 { pool.update(&counters) { index, counter in counter.value += index } }
    #expect(counters.map(\.value) == (0..<50).map { $0 * 10 })
  }

  @Test(arguments: [1, 4])
  func selectedElements(_ threads: Int) {
    let pool = WorkerPool(threads: threads)
    var elements = ["a", "b", "c", "d"]
    let lengths = pool.update(&elements, at: [0, 2, 3]) { position, element in
      element += String(position)
      return element.utf8.count
    }
    #expect(elements == ["a0", "b", "c1", "d2"])
    #expect(lengths == [2, 2, 2])
    #expect(pool.update(&elements, at: []) { _, _ in 0 } == [])
  }

  @Test func poolsComeAndGo() {
    for threads in 1...40 {
      let pool = WorkerPool(threads: threads, stackBytes: 1 << 16)
      #expect(pool.map(5) { $0 } == [0, 1, 2, 3, 4])
    }
    for _ in 0..<20 { _ = WorkerPool(threads: 2) }
  }
}

@inline(never)
private func depth(_ remaining: Int) -> Int {
  withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 12) { padding in
    padding.initialize(repeating: UInt64(remaining))
    return remaining == 0 ? 0 : depth(remaining - 1) + Int(padding[5] / UInt64(remaining))
  }
}
