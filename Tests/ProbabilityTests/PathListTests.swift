import Glibc
import Probability
import Randomness
import TestSupport
import Testing

@Suite struct PathListTests {
  /// Against arrays, which copy everything.
  @Test func isTheArrayOfWhatWasAppended() throws {
    try forAll(50) { random in
      var lists = [PathList<Int>()]
      var arrays: [[Int]] = [[]]
      for step in 0..<200 {
        let at = random.uniform(below: lists.count)
        if random.uniform(below: 8) == 0 && lists.count < 12 {
          lists.append(lists[at])
          arrays.append(arrays[at])
        }
        lists[at].append(step)
        arrays[at].append(step)
      }
      for (list, array) in zip(lists, arrays) {
        try #require(list.elements == array)
        try #require(list.count == array.count && list.last == array.last)
      }
    }
  }

  /// Long lists are freed without recursion, also where another list shares their beginning.
  @Test func longListsAreFreedOneChunkAfterTheOther() {
    var list = PathList<Int>()
    for step in 0..<8_000_000 { list.append(step) }
    var other = list
    for step in 0..<1000 { other.append(step) }
    list = PathList<Int>()
    #expect(other.count == 8_001_000 && other.last == 999)
    other = PathList<Int>()
    #expect(other.elements.isEmpty)
  }

  /// T + N·(chunk + 2 log N): s steps ago about 2N/s particles have descendants, less where weights
  /// are uneven, and each particle has an unfinished chunk.
  @Test(arguments: [(64, 200), (64, 3200), (512, 200), (512, 3200), (2048, 800)])
  func particlesShareTheirPaths(particles: Int, steps: Int) throws {
    let data = (0..<steps).map { sin(Double($0)) }
    let filter = ParticleFilter(
      particles: particles, resampling: .multinomial, trigger: 1, delays: false)
    let posterior = try filter.run(PathWalk(), data: data, key: RandomKey(seed: 3))
    let paths = posterior.particles.map(\.value.path)
    let stored = PathList.storedCount(of: paths)
    let n = Double(particles)
    let bound = Double(steps) + n * (Double(PathList<Double>.chunkLength) + 2 * log(n))
    print("paths of \(particles) particles, \(steps) steps: \(stored) stored, bound \(bound)")
    #expect(Double(stored) <= bound)
    #expect(paths.allSatisfy { $0.count == steps })
    // Without sharing it would be far more.
    #expect(stored < particles * steps / 4)
    for particle in posterior.particles.prefix(3) {
      #expect(particle.value.path.elements.last == particle.value.x)
    }
  }
}

/// A random walk that remembers where it was.
private struct PathWalk: SequentialModel {
  var x = 0.0
  var path = PathList<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.draw(Normal(0.9 * x, variance: 1))
    path.append(x)
    p.observe(y, Normal(x, variance: 1))
  }

  func visit(_ visitor: inout RandomVisitor) {}
}
