import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The C kernels that all tensor operations of this process run on.
public enum TensorKernels {
  /// `amx`, `avx512bf16`, `avx512`, `avx2` or `portable`: the fastest that the processor has,
  /// unless the environment variable `MINIMO_CPU` names another that it has. Results are equal bit
  /// for bit within a level, not across levels.
  public static var level: String { String(cString: tk_current().pointee.name) }

  /// The paths that this processor has, from what every one has to what few have.
  public static var available: [String] {
    (TK_LEVEL_PORTABLE.rawValue...TK_LEVEL_AMX.rawValue)
      .compactMap { tk_at_level(tk_level($0)) }.map { String(cString: $0.pointee.name) }
  }

  /// Why what `MINIMO_CPU` names is not in use, and what could be; nil if all is as it says.
  public static var refusal: String? {
    guard let value = getenv("MINIMO_CPU") else { return nil }
    let path = String(cString: value), known = available
    guard !path.isEmpty, !known.contains(path) else { return nil }
    return "MINIMO_CPU is \(path.debugDescription), which is no path of this processor; set it to "
      + "\(known.joined(separator: ", ")), or not at all"
  }

  /// Whether matrix products that may round their operands to bf16 do.
  public static var multipliesBF16: Bool { tk_current().pointee.has_bf16 }
}
