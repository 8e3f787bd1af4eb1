// Vector primitives for one lane count. Included by a file that defined LANES and HAS_FMA inside
// its target-attribute region; everything here is static, so each level has its own copy.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "CTensorKernels.h"

// Fused or not, the choice is written out: contraction by the compiler could differ between the
// main loop and the remainder, and then a row's bits would depend on its position.
#pragma clang fp contract(off)

#define PANEL (2 * LANES)  // columns of a register tile

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vf __attribute__((ext_vector_type(LANES)));
typedef int32_t vi __attribute__((ext_vector_type(LANES)));

INLINE vf load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, vf v) { memcpy(p, &v, sizeof v); }

INLINE vi lane_indices(void) {
  vi v;
  UNROLL for (int i = 0; i < LANES; i++) v[i] = i;
  return v;
}

// Some of the lanes, without a call. Memory of the others is not touched.
#if LANES == 16
INLINE vf load_lanes(const float *p, int64_t count) {
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

INLINE void store_lanes(float *p, vf v, int64_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
#elif LANES == 8
INLINE vf load_lanes(const float *p, int64_t count) {
  return (vf)_mm256_maskload_ps(p, (__m256i)(lane_indices() < (vi)(int32_t)count));
}

INLINE void store_lanes(float *p, vf v, int64_t count) {
  _mm256_maskstore_ps(p, (__m256i)(lane_indices() < (vi)(int32_t)count), (__m256)v);
}
#else
INLINE vf load_lanes(const float *p, int64_t count) {
  vf v = 0;
  for (int64_t i = 0; i < count; i++) v[i] = p[i];
  return v;
}

INLINE void store_lanes(float *p, vf v, int64_t count) {
  for (int64_t i = 0; i < count; i++) p[i] = v[i];
}
#endif

/// Up to LANES numbers and zeros.
INLINE vf load_partial(const float *p, int64_t count) {
  return count >= LANES ? load(p) : count > 0 ? load_lanes(p, count) : (vf)0;
}

INLINE void store_partial(float *p, vf v, int64_t count) {
  if (count >= LANES) {
    store(p, v);
  } else if (count > 0) {
    store_lanes(p, v, count);
  }
}

INLINE vf madd(vf a, vf b, vf c) {
#if HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE vf vmax(vf a, vf b) { return a > b ? a : b; }

/// Keeps the first `count` lanes and clears the others.
INLINE vf keep(vf v, int64_t count) {
  return lane_indices() < (vi)(int32_t)count ? v : (vf)0;
}

/// Turns LANES rows into columns, by perfect shuffles of the whole.
INLINE void transpose(vf *rows) {
  for (int half = 1; half < LANES; half *= 2) {
    vf next[LANES];
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      const vf a = rows[i], b = rows[i + LANES / 2];
      UNROLL for (int j = 0; j < LANES / 2; j++) {
        next[2 * i][2 * j] = a[j];
        next[2 * i][2 * j + 1] = b[j];
        next[2 * i + 1][2 * j] = a[LANES / 2 + j];
        next[2 * i + 1][2 * j + 1] = b[LANES / 2 + j];
      }
    }
    UNROLL for (int i = 0; i < LANES; i++) rows[i] = next[i];
  }
}

// Halves onto halves.
#if LANES == 16
#define FOLD(f, v) FOLD_8(f, f(v.lo, v.hi))
#elif LANES == 8
#define FOLD(f, v) FOLD_8(f, v)
#else
#define FOLD(f, v) FOLD_4(f, v)
#endif
#define FOLD_8(f, v) ({ const v8 a8 = v; FOLD_4(f, f(a8.lo, a8.hi)); })
#define FOLD_4(f, v) ({ const v4 a4 = v; const v2 a2 = f(a4.lo, a4.hi); f(a2.x, a2.y); })

typedef float v8 __attribute__((ext_vector_type(8)));
typedef float v4 __attribute__((ext_vector_type(4)));
typedef float v2 __attribute__((ext_vector_type(2)));

#define SUM(a, b) ((a) + (b))
#define LARGER(a, b) ((a) > (b) ? (a) : (b))

INLINE float reduce_add(vf v) { return FOLD(SUM, v); }

INLINE float reduce_max(vf v) { return FOLD(LARGER, v); }

/// e^x within 2 ulp, saturating at the largest and smallest normal results (Cephes expf).
INLINE vf vexp(vf x) {
  const vf magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  x = x > 88.37626f ? (vf)88.37626f : x;
  x = x < -87.33654f ? (vf)-87.33654f : x;
  vf shifted = madd(x, (vf)1.44269504088896341f, magic);
  vf n = shifted - magic;
  vf r = madd(n, (vf)-0.693359375f, x);
  r = madd(n, (vf)2.12194440e-4f, r);
  vf p = madd((vf)1.9875691500e-4f, r, (vf)1.3981999507e-3f);
  p = madd(p, r, (vf)8.3334519073e-3f);
  p = madd(p, r, (vf)4.1665795894e-2f);
  p = madd(p, r, (vf)1.6666665459e-1f);
  p = madd(p, r, (vf)5.0000001201e-1f);
  vf y = madd(p, r * r, r) + 1.0f;
  vi exponent = ((vi)shifted - (vi)magic + 127) << 23;
  return y * (vf)exponent;
}

INLINE vf vsigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }

/// 2^y within 2 ulp, at most 2^127; tiny results may be 0 (Cephes exp2f).
INLINE vf vexp2(vf y) {
  y = y > 127.0f ? (vf)127.0f : y;
#if LANES == 16
  const vf f = (vf)_mm512_reduce_ps((__m512)y, 0);  // what rounding to an integer leaves
#else
  const vf magic = 12582912.0f;
  y = y < -126.0f ? (vf)-126.0f : y;
  const vf shifted = y + magic;
  const vf f = y - (shifted - magic);
#endif
  vf p = madd((vf)1.535336188319500e-4f, f, (vf)1.339887440266574e-3f);
  p = madd(p, f, (vf)9.618437357674640e-3f);
  p = madd(p, f, (vf)5.550332471162809e-2f);
  p = madd(p, f, (vf)2.402264791363012e-1f);
  p = madd(p, f, (vf)6.931472028550421e-1f);
  p = madd(p, f, (vf)1.0f);
#if LANES == 16
  return (vf)_mm512_scalef_ps((__m512)p, (__m512)(y - f));
#else
  return p * (vf)(((vi)shifted - (vi)magic + 127) << 23);
#endif
}

/// e^(-2u) for u = sqrt(2/pi) (x + 0.044715 x^3): GELU is 0.5 x (1 + tanh u) = x / (1 + e^(-2u)).
INLINE vf gelu_exponential(vf x) {
  return vexp2(x * madd(x * x, (vf)-0.102943239f, (vf)-2.302208198f));
}

INLINE vf vgelu(vf x) { return x / (1.0f + gelu_exponential(x)); }

INLINE vf vgelu_derivative(vf x) {
  const vf e = gelu_exponential(x), s = 1.0f / (1.0f + e);
  const vf slope = madd(x * x, (vf)0.2140644488178f, (vf)1.59576912160573f);
  return madd(x * slope * s, e * s, s);  // e s is 1 - s without the cancellation
}

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

INLINE int64_t round_up(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}
