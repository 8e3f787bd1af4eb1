import CTensorKernels

/// The C kernels that all tensor operations of this process run on.
public enum TensorKernels {
  /// `avx512`, `avx2` or `portable`: the widest that the processor has, unless the environment
  /// variable `MINIMO_CPU` names a narrower one. Results are equal bit for bit within a level, not
  /// across levels.
  public static var level: String { String(cString: tk_current().pointee.name) }
}
