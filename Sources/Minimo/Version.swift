import Parallel
import Tensor

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
  public static let version = "0.3.0"

  /// Most threads that anything here uses.
  public static let maximalThreads = 256

  /// The processors of this machine, up to `maximalThreads`: how many threads are used unless told.
  public static var processorCount: Int {
    min(maximalThreads, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Checks `MINIMO_CPU`, which forces a path of the tensor kernels; else it would be ignored.
  ///
  /// - Throws: `.usage` if it names a path that this processor lacks.
  public static func checkKernels() throws(MinimoError) {
    if let refusal = TensorKernels.refusal { throw .usage(refusal) }
  }

  /// - Throws: `.usage` for an impossible number of threads.
  static func pool(threads: Int) throws(MinimoError) -> WorkerPool {
    try require(threads, in: 1...maximalThreads, "the number of threads")
    return WorkerPool(threads: threads)
  }
}
