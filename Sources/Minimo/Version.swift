import Parallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// About the library as a whole.
public enum Minimo {
  /// The version that runs record.
  public static let version = "0.2.0"

  /// Most threads that anything here uses.
  public static let maximalThreads = 256

  /// The processors of this machine, up to `maximalThreads`: how many threads are used unless told.
  public static var processorCount: Int {
    min(maximalThreads, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// - Throws: `.usage` for an impossible number of threads.
  static func pool(threads: Int) throws(MinimoError) -> WorkerPool {
    try require(threads, in: 1...maximalThreads, "the number of threads")
    return WorkerPool(threads: threads)
  }
}
