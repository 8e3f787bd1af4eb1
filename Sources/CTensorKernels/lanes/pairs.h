// Pairs of bf16 numbers, for the product that multiplies and adds two terms a lane: neighbors in k
// of the same row of A or column of B share the 32 bits of a lane, the first in the low half.

typedef uint16_t vh __attribute__((ext_vector_type(LANES)));

INLINE vf add_product_of_pairs(vf a, vf b, vf sum) {
  return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

/// Lane i pairs a[i] with b[i].
INLINE vf pair_lanes(vf a, vf b) {
  const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh((__m512)b, (__m512)a);
  const __m512i places = (__m512i)(lane_indices() | (lane_indices() + LANES) << 16);
  return (vf)_mm512_permutexvar_epi16(places, halves);
}

/// The pairs with others in their high halves.
INLINE vf replace_high(vf pairs, vf a) {
  const vi high = __builtin_convertvector((vh)_mm512_cvtneps_pbh((__m512)a), vi);
  return (vf)(((vi)pairs & 0xFFFF) | high << 16);
}

INLINE void store_rounded(tk_bf16 *p, vf v, int64_t count) {
  const __m256i halves = (__m256i)_mm512_cvtneps_pbh((__m512)v);
  if (count >= LANES) {
    memcpy(p, &halves, sizeof halves);
  } else if (count > 0) {
    _mm256_mask_storeu_epi16(p, (__mmask16)((1u << count) - 1), halves);
  }
}

/// Lane i pairs terms 2i and 2i + 1 of up to 2 LANES; those beyond `count` are 0.
INLINE vf pair_neighbors(const float *x, int64_t count) {
  const vf low = load_partial(x, count), high = load_partial(x + LANES, count - LANES);
  return (vf)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

/// Pairs neighbors in rows of k numbers, zeros after them: out[i * pairs + p].
INLINE void pair_along(int64_t rows, int64_t k, const float *x, int64_t x_row, int64_t pairs,
                       float *out) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t p = 0; p < pairs; p += LANES) {
      const vf both = pair_neighbors(x + i * x_row + 2 * p, k - 2 * p);
      store_partial(out + i * pairs + p, both, pairs - p);
    }
  }
}

/// Pairs neighbors in columns of k rows of `count` numbers, without zeros after them:
/// out[p * out_row + i].
INLINE void pair_across(int64_t k, int64_t count, const float *x, int64_t x_row, float *out,
                        int64_t out_row) {
  for (int64_t p = 0; 2 * p < k; p++) {
    const float *row = x + 2 * p * x_row;
    const bool is_whole = 2 * p + 1 < k;
    for (int64_t i = 0; i < count; i += LANES) {
      const int64_t left = count - i;
      const vf second = is_whole ? load_partial(row + x_row + i, left) : (vf)0;
      store_partial(out + p * out_row + i, pair_lanes(load_partial(row + i, left), second), left);
    }
  }
}

/// Pairs neighbors in columns of k rows of `count` numbers, zeros after them: out[i * pairs + p].
INLINE void pair_down(int64_t k, int64_t count, const float *x, int64_t x_row, int64_t pairs,
                      float *out) {
  for (int64_t i = 0; i < count; i += LANES) {
    const int64_t left = count - i;
    for (int64_t p = 0; p < pairs; p += LANES) {
      vf block[LANES];
      for (int64_t j = 0; j < LANES; j++) {
        const int64_t term = 2 * (p + j);
        const float *row = x + term * x_row + i;
        const vf first = term < k ? load_partial(row, left) : (vf)0;
        block[j] = pair_lanes(first, term + 1 < k ? load_partial(row + x_row, left) : (vf)0);
      }
      transpose(block);
      for (int64_t j = 0; j < least(LANES, left); j++) {
        store_partial(out + (i + j) * pairs + p, block[j], pairs - p);
      }
    }
  }
}
