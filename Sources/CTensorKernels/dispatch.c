#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "CTensorKernels.h"

extern const tk_kernels tk_portable;
#if defined(__x86_64__)
extern const tk_kernels tk_avx2;
extern const tk_kernels tk_avx512;
#endif

const tk_kernels *tk_at_level(tk_level level) {
  switch (level) {
    case TK_LEVEL_PORTABLE:
      return &tk_portable;
#if defined(__x86_64__)
    case TK_LEVEL_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &tk_avx2 : NULL;
    case TK_LEVEL_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                 ? &tk_avx512
                 : NULL;
#endif
    default:
      return NULL;
  }
}

static const tk_kernels *choose(void) {
  const char *wanted = getenv("MINIMO_CPU");
  for (int level = TK_LEVEL_AVX512; level > TK_LEVEL_PORTABLE; level--) {
    const tk_kernels *table = tk_at_level((tk_level)level);
    if (!table) continue;
    // An unknown or empty name forces nothing: the widest level is as correct as any.
    if (!wanted || strcmp(wanted, table->name) == 0) return table;
    if (strcmp(wanted, "portable") != 0 && strcmp(wanted, "avx2") != 0) return table;
  }
  return &tk_portable;
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

int64_t tk_packed_size(const tk_kernels *t, int64_t n, int64_t k) { return padded(t, n) * k; }

int64_t tk_gemm_scratch(const tk_kernels *t, int64_t n, int64_t k) {
  return padded(t, n) * (k < t->term_block ? k : t->term_block);
}

int64_t tk_attention_scratch(const tk_kernels *t, int64_t max_queries, int64_t max_keys,
                             int64_t head_width, bool backward) {
  const int64_t keys = padded(t, max_keys), width = padded(t, head_width);
  if (!backward) return keys * (head_width + width + t->tile_rows);
  return keys * (2 * head_width + width) + max_queries * 2 * (width + keys);
}

int64_t tk_cache_size(const tk_kernels *t, int64_t heads, int64_t head_width, int64_t capacity) {
  return heads * padded(t, capacity) * (head_width + padded(t, head_width));
}
