import Glibc
import Synchronization

/// The threads behind a `WorkerPool`, and the one job they work on at a time.
///
/// Protocol: the caller writes `job`, resets the counters and publishes a new `generation`. Every
/// worker joins every generation, draws indices until none is left, and signs off; the last one
/// wakes the caller. Waiting looks a few microseconds for what may come at once, then parks. It
/// never yields: on a busy machine who yields waits behind everybody, whatever their priority.
///
/// Unchecked: `job` is written only while no generation is active and published by the release
/// store of `generation`; `members` is written once, before any call.
final class Crew: @unchecked Sendable {
  private struct Job {
    let count: Int
    let body: @Sendable (Int) -> Void
  }

  private static let spinCount = 2_000

  private var members: [pthread_t] = []
  private var job: UnsafePointer<Job>?

  private let generation = Atomic<Int>(0)
  private let nextIndex = Atomic<Int>(0)
  private let working = Atomic<Int>(0)
  private let isDismissed = Atomic<Bool>(false)

  /// Held by the caller whose turn it is.
  private let turn = Monitor()
  /// Guards parking on a new generation.
  private let start = Monitor()
  /// Guards parking on the end of a generation.
  private let finish = Monitor()

  init(threads: Int, stackBytes: Int) {
    var attributes = pthread_attr_t()
    Self.check(pthread_attr_init(&attributes), "pthread_attr_init")
    Self.check(pthread_attr_setstacksize(&attributes, stackBytes), "pthread_attr_setstacksize")
    for _ in 0..<threads {
      var thread = pthread_t()
      // The worker owns a reference, so the crew outlives its threads.
      let context = Unmanaged.passRetained(self).toOpaque()
      let status = pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Crew>.fromOpaque(context!).takeRetainedValue().work()
          return nil
        }, context)
      Self.check(status, "pthread_create")
      members.append(thread)
    }
    pthread_attr_destroy(&attributes)
  }

  var isCurrentThreadMember: Bool {
    let current = pthread_self()
    return members.contains { pthread_equal($0, current) != 0 }
  }

  /// Runs `body` for every index on the workers and returns when all are done.
  func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    turn.lock()
    defer { turn.unlock() }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Job(count: count, body: body)) { pointer in
        job = pointer
        nextIndex.store(0, ordering: .relaxed)
        working.store(members.count, ordering: .relaxed)
        announce()
        var spins = 0
        while spins < Self.spinCount && working.load(ordering: .acquiring) != 0 { spins += 1 }
        finish.lock()
        while working.load(ordering: .acquiring) != 0 { finish.wait() }
        finish.unlock()
        job = nil
      }
    }
  }

  /// Ends the threads; returns when they are gone.
  func dismiss() {
    isDismissed.store(true, ordering: .releasing)
    announce()
    let current = pthread_self()
    for member in members {
      // The last reference to a pool may be dropped by one of its own workers.
      if pthread_equal(member, current) != 0 {
        pthread_detach(member)
      } else {
        pthread_join(member, nil)
      }
    }
  }

  private func announce() {
    start.lock()
    generation.add(1, ordering: .releasing)
    start.broadcast()
    start.unlock()
  }

  /// The life of one worker.
  private func work() {
    var seen = 0
    while true {
      awaitGeneration(after: seen)
      seen &+= 1
      if isDismissed.load(ordering: .acquiring) { return }
      drain()
      if working.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        finish.lock()
        finish.broadcast()
        finish.unlock()
      }
    }
  }

  private func awaitGeneration(after seen: Int) {
    for _ in 0..<Self.spinCount {
      if generation.load(ordering: .acquiring) != seen { return }
    }
    start.lock()
    while generation.load(ordering: .acquiring) == seen { start.wait() }
    start.unlock()
  }

  /// Works through the job; out of line, so that no reference to the body outlives it.
  @inline(never)
  private func drain() {
    let job = self.job!
    while true {
      let index = nextIndex.add(1, ordering: .relaxed).oldValue
      if index >= job.pointee.count { return }
      job.pointee.body(index)
    }
  }

  private static func check(_ status: Int32, _ call: String) {
    precondition(status == 0, "\(call) failed: \(String(cString: strerror(status)))")
  }
}
