import Glibc
import Parallel
import Probability
import Randomness

/// Runs a particle filter again and again, and prints a line of JSON for each repetition.
///
///     particle-bench CASE FILE [--particles N] [--threads N] [--chunk N] [--seconds S]
///       [--repetitions N] [--step]
///     particle-bench memory --particles N --steps N
///
/// CASE is linear (bootstrap), linear-delayed, mixed, mixed-operators or mixed-bootstrap; FILE has
/// one number in each line, for the mixed model the nonlinear and the linear observation in turn.
/// With `--step` a repetition waits for a line on the standard input. `hash` is one of all weights
/// of the first run: the same for any threads and chunks, in any process. `memory` measures the
/// memory of a filter whose particles keep their paths.
@main struct ParticleBench {
  struct Options {
    var particles = 1000
    var steps = 100
    var threads = 0
    var chunk: Int?
    var seconds = 0.5
    var repetitions = 5
    var isStepped = false
  }

  static func main() {
    var words = CommandLine.arguments.dropFirst()
    guard let name = words.popFirst() else { fail("usage: particle-bench CASE FILE [options]") }
    var numbers: [Double] = []
    if name != "memory" {
      guard let path = words.popFirst(), let read = Self.numbers(path) else {
        fail("usage: particle-bench CASE FILE [options]: FILE cannot be read")
      }
      numbers = read
    }
    var options = Options()
    while let word = words.popFirst() {
      if word == "--step" {
        options.isStepped = true
        continue
      }
      guard let value = words.popFirst().flatMap(Double.init), value > 0 else {
        fail("\(word) needs a positive number")
      }
      switch word {
      case "--particles": options.particles = Int(value)
      case "--steps": options.steps = Int(value)
      case "--threads": options.threads = Int(value)
      case "--chunk": options.chunk = Int(value)
      case "--seconds": options.seconds = value
      case "--repetitions": options.repetitions = Int(value)
      default: fail("there is no option \(word)")
      }
    }
    let pairs = stride(from: 0, to: numbers.count - 1, by: 2).map {
      SIMD2(numbers[$0], numbers[$0 + 1])
    }
    switch name {
    case "linear": measure(name, Linear(), numbers, delays: false, options)
    case "linear-delayed": measure(name, Linear(), numbers, delays: true, options)
    case "mixed": measure(name, Mixed(usesOperators: false), pairs, delays: true, options)
    case "mixed-operators": measure(name, Mixed(usesOperators: true), pairs, delays: true, options)
    case "mixed-bootstrap":
      measure(name, Mixed(usesOperators: false), pairs, delays: false, options)
    case "memory": measureMemory(particles: options.particles, steps: options.steps)
    default: fail("there is no case \(name)")
    }
  }

  static func measure<M: SequentialModel>(
    _ name: String, _ model: M, _ data: [M.Observation], delays: Bool, _ options: Options
  ) {
    let pool = options.threads > 0 ? WorkerPool(threads: options.threads) : nil
    let filter = ParticleFilter(
      particles: options.particles, delays: delays, chunkSize: options.chunk)
    let key = RandomKey(seed: 1)
    func run(_ number: Int) -> Posterior<M> {
      do {
        return try filter.run(model, data: data, key: key.child("run", number), pool: pool)
      } catch {
        fail("\(error)")
      }
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    let first = run(0)
    for weight in [first.logEvidence] + first.particles.map(\.logWeight) {
      hash = (hash ^ weight.bitPattern) &* 0x100_0000_01B3
    }
    if options.isStepped { write(#"{"ready":true}"#) }
    for _ in 0..<options.repetitions {
      if options.isStepped && readLine() == nil { return }
      var (runs, sum, squares) = (0, 0.0, 0.0)
      let start = seconds()
      var spent = 0.0
      repeat {
        let evidence = run(runs).logEvidence
        sum += evidence
        squares += evidence * evidence
        runs += 1
        spent = seconds() - start
      } while spent < options.seconds
      let mean = sum / Double(runs)
      let steps = Double(runs) * Double(options.particles) * Double(data.count)
      write(
        #"{"case":"\#(name)","particles":\#(options.particles),"steps":\#(data.count),"#
          + #""runs":\#(runs),"cpuSeconds":\#(spent),"rate":\#(steps / spent),"mean":\#(mean),"#
          + #""variance":\#(squares / Double(runs) - mean * mean),"hash":"\#(hash)"}"#)
    }
  }

  /// CPU time of this process.
  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func numbers(_ path: String) -> [Double]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var result: [Double] = []
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil { result.append(atof(line)) }
    return result
  }

  static func write(_ line: String) {
    print(line)
    fflush(nil)
  }

  static func fail(_ message: String) -> Never {
    let text = Array("error: \(message)\n".utf8)
    _ = text.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    exit(64)
  }
}
