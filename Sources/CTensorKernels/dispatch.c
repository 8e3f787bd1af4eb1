#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "CTensorKernels.h"

extern const tk_kernels tk_portable;
#if defined(__x86_64__)
extern const tk_kernels tk_avx2;
extern const tk_kernels tk_avx512;
extern const tk_kernels tk_avx512_bf16;
#endif

#if defined(__x86_64__)
static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

const tk_kernels *tk_at_level(tk_level level) {
  switch (level) {
    case TK_LEVEL_PORTABLE:
      return &tk_portable;
#if defined(__x86_64__)
    case TK_LEVEL_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &tk_avx2 : NULL;
    case TK_LEVEL_AVX512:
      return has_avx512() ? &tk_avx512 : NULL;
    case TK_LEVEL_AVX512_BF16:
      return has_avx512() && __builtin_cpu_supports("avx512bf16") ? &tk_avx512_bf16 : NULL;
#endif
    default:
      return NULL;
  }
}

/// Whether a level is worth having where it is. Measured: AMD's Zen 5 multiplies pairs of bf16 at
/// twice the rate of fp32, Intel's Sapphire Rapids at half of it.
static bool is_fast(tk_level level) {
#if defined(__x86_64__)
  if (level == TK_LEVEL_AVX512_BF16) return __builtin_cpu_is("amd");
#endif
  return true;
}

static const tk_kernels *choose(void) {
  const char *wanted = getenv("MINIMO_CPU");
  const tk_kernels *fastest = &tk_portable;
  for (int level = TK_LEVEL_PORTABLE; level <= TK_LEVEL_AVX512_BF16; level++) {
    const tk_kernels *table = tk_at_level((tk_level)level);
    if (!table) continue;
    if (wanted && strcmp(wanted, table->name) == 0) return table;
    if (is_fast((tk_level)level)) fastest = table;
  }
  // An unknown, missing or empty name forces nothing: the fastest level is as correct as any.
  return fastest;
}

const tk_kernels *tk_current(void) {
  // Racing threads compute the same answer, so the last store wins harmlessly.
  static _Atomic(const tk_kernels *) chosen;
  const tk_kernels *table = atomic_load_explicit(&chosen, memory_order_acquire);
  if (!table) {
    table = choose();
    atomic_store_explicit(&chosen, table, memory_order_release);
  }
  return table;
}

static int64_t padded(const tk_kernels *t, int64_t n) {
  return (n + t->panel_width - 1) / t->panel_width * t->panel_width;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/// Steps along k: terms, or pairs of them.
static int64_t steps(const tk_kernels *t, int64_t k, bool bf16) {
  return bf16 && t->has_bf16 ? (k + 1) / 2 : k;
}

int64_t tk_packed_size(const tk_kernels *t, int64_t n, int64_t k, bool bf16) {
  return padded(t, n) * steps(t, k, bf16);
}

int64_t tk_gemm_scratch(const tk_kernels *t, int64_t m, int64_t n, int64_t k, bool packed,
                        bool bf16) {
  const int64_t block = least(steps(t, k, bf16), t->term_block);
  const int64_t a = bf16 && t->has_bf16 ? least(m, t->row_block) * block : 0;
  return a + (packed ? 0 : padded(t, n) * block);
}

int64_t tk_attention_scratch(const tk_kernels *t, int64_t max_queries, int64_t max_keys,
                             int64_t head_width, bool backward, bool bf16) {
  const int64_t keys = padded(t, max_keys), width = padded(t, head_width);
  const bool in_pairs = bf16 && t->has_bf16;
  if (!backward) {
    const int64_t pairs = in_pairs ? t->tile_rows * (keys + width) : 0;
    return keys * (head_width + width + t->tile_rows) + pairs;
  }
  const int64_t pairs = in_pairs ? (max_queries + t->tile_rows) * (keys + width) : 0;
  return keys * (2 * head_width + width) + max_queries * 2 * (width + keys) + pairs;
}

int64_t tk_cache_size(const tk_kernels *t, int64_t heads, int64_t head_width, int64_t capacity,
                      bool bf16) {
  const int64_t keys = padded(t, capacity);
  return heads * (keys * steps(t, head_width, bf16) + steps(t, keys, bf16) * padded(t, head_width));
}
