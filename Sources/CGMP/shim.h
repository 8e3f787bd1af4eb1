// GMP for Swift. The `mpz_*` names are macros, which Swift does not import, and calling the
// functions behind them with aliasing arguments breaks Swift's exclusivity rule. These wrappers
// take and return integers by value: the struct is a header (16 bytes) that points to the limbs, so
// passing it copies no digits. A value that a wrapper returns is owned by the caller, who releases
// it once with `cgmp_release`; arguments are only read.

#ifndef CGMP_SHIM_H
#define CGMP_SHIM_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

typedef __mpz_struct CGMPInteger;

static inline CGMPInteger cgmp_make(uint64_t value) {
  CGMPInteger result;
  mpz_init(&result);
  mpz_import(&result, 1, -1, sizeof value, 0, 0, &value);
  return result;
}

/// `digits` holds decimal digits only and ends with a zero byte.
static inline CGMPInteger cgmp_parse(const char *digits) {
  CGMPInteger result;
  mpz_init_set_str(&result, digits, 10);
  return result;
}

static inline void cgmp_release(CGMPInteger a) { mpz_clear(&a); }

static inline CGMPInteger cgmp_add(CGMPInteger a, CGMPInteger b) {
  CGMPInteger result;
  mpz_init(&result);
  mpz_add(&result, &a, &b);
  return result;
}

static inline CGMPInteger cgmp_multiply(CGMPInteger a, CGMPInteger b) {
  CGMPInteger result;
  mpz_init(&result);
  mpz_mul(&result, &a, &b);
  return result;
}

/// `a` must not be zero.
static inline CGMPInteger cgmp_predecessor(CGMPInteger a) {
  CGMPInteger result;
  mpz_init(&result);
  mpz_sub_ui(&result, &a, 1);
  return result;
}

static inline int cgmp_compare(CGMPInteger a, CGMPInteger b) { return mpz_cmp(&a, &b); }

static inline size_t cgmp_limb_count(CGMPInteger a) { return mpz_size(&a); }

static inline uint64_t cgmp_limb(CGMPInteger a, size_t index) {
  return mpz_getlimbn(&a, (mp_size_t)index);
}

/// Bytes that `cgmp_print` may write, the final zero byte included.
static inline size_t cgmp_print_capacity(CGMPInteger a) { return mpz_sizeinbase(&a, 10) + 2; }

static inline void cgmp_print(CGMPInteger a, char *buffer) { mpz_get_str(buffer, 10, &a); }

#endif
