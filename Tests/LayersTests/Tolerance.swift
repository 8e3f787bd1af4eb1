import Tensor

/// How far results of the network may be from double precision.
///
/// Where products round their operands to bf16 each errs by up to 2^-9 of itself, and the tests of
/// the other levels, which run too, have to find what is smaller.
func tolerance(_ fp32: Double, bf16: Double) -> Double {
  TensorKernels.multipliesBF16 ? bf16 : fp32
}
