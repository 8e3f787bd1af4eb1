import Glibc
import Probability
import Randomness

/// A bootstrap filter whose particles remember all of their past.
struct Remembering: SequentialModel {
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

extension ParticleBench {
  /// Runs a filter that keeps whole paths, resampling after each step, and prints how much more
  /// memory the process had at most than before, and how many elements the paths then are.
  static func measureMemory(particles: Int, steps: Int) {
    let data = (0..<steps).map { sin(Double($0)) }
    let before = status("VmRSS:")
    let filter = ParticleFilter(
      particles: particles, resampling: .multinomial, trigger: 1, delays: false)
    do {
      let posterior = try filter.run(Remembering(), data: data, key: RandomKey(seed: 1))
      let peak = status("VmHWM:")
      let stored = PathList.storedCount(of: posterior.particles.map(\.value.path))
      write(
        #"{"case":"memory","particles":\#(particles),"steps":\#(steps),"before":\#(before),"#
          + #""peak":\#(peak - before),"stored":\#(stored)}"#)
    } catch {
      fail("\(error)")
    }
  }

  /// Bytes of memory in a line of the kernel's account of this process.
  private static func status(_ name: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { fail("no /proc/self/status") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let length = strlen(name)
      if strncmp(line, name, length) == 0 { return 1024 * atol(Array(line[length...])) }
    }
    fail("no \(name) in /proc/self/status")
  }
}
