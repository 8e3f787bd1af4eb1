#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Time of the wall and of all processors that this process used, in seconds.
enum Clock {
  struct Span {
    var wall = 0.0
    var processor = 0.0

    mutating func add(_ other: Span) {
      wall += other.wall
      processor += other.processor
    }

    static func - (a: Span, b: Span) -> Span {
      Span(wall: a.wall - b.wall, processor: a.processor - b.processor)
    }
  }

  static func now() -> Span {
    Span(wall: seconds(CLOCK_MONOTONIC), processor: seconds(CLOCK_PROCESS_CPUTIME_ID))
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
