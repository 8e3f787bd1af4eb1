#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "CTensorKernels.h"

extern const tk_kernels tk_portable;
#if defined(__x86_64__)
extern const tk_kernels tk_avx2;
extern const tk_kernels tk_avx512;
extern const tk_kernels tk_avx512_bf16;
extern const tk_kernels tk_amx;
#endif

bool tk_emulates_amx = false;

#if defined(__x86_64__)
static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

/// Whether there are tiles, products of bf16 in them, and leave of the system to use their state,
/// which a process has to ask for (Linux, Documentation/arch/x86/xstate.rst); to ask again changes
/// nothing.
static bool has_amx(void) {
#if defined(__linux__)
  enum { TILES = 1 << 24, PRODUCTS_OF_BF16 = 1 << 22, ASK = 0x1023, TILE_DATA = 18 };
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & TILES) && (d & PRODUCTS_OF_BF16) &&
         syscall(SYS_arch_prctl, ASK, TILE_DATA) == 0;
#else
  return false;
#endif
}

static bool has_avx512_bf16(void) {
  return has_avx512() && __builtin_cpu_supports("avx512bf16");
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
      return has_avx512_bf16() ? &tk_avx512_bf16 : NULL;
    case TK_LEVEL_AMX:
      return has_avx512_bf16() && (tk_emulates_amx || has_amx()) ? &tk_amx : NULL;
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
  if (level == TK_LEVEL_AMX) return !tk_emulates_amx;
#endif
  return true;
}

static const tk_kernels *choose(void) {
  const char *wanted = getenv("MINIMO_CPU");
  const tk_kernels *fastest = &tk_portable;
  for (int level = TK_LEVEL_PORTABLE; level <= TK_LEVEL_AMX; level++) {
    const tk_kernels *table = tk_at_level((tk_level)level);
    if (!table) continue;
    if (wanted && strcmp(wanted, table->name) == 0) return table;
    if (is_fast((tk_level)level)) fastest = table;
  }
  // Any other name forces nothing: the fastest level is as correct as any.
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

static int64_t round_up(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

static int64_t padded(const tk_kernels *t, int64_t n) { return round_up(n, t->panel_width); }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/// Steps along k: terms, or pairs of them.
static int64_t steps(const tk_kernels *t, int64_t k, bool bf16) {
  return bf16 && t->has_bf16 ? round_up((k + 1) / 2, t->pair_block) : k;
}

int64_t tk_packed_size(const tk_kernels *t, int64_t n, int64_t k, bool bf16) {
  return padded(t, n) * steps(t, k, bf16);
}

int64_t tk_gemm_scratch(const tk_kernels *t, int64_t m, int64_t n, int64_t k, bool packed,
                        bool bf16) {
  const int64_t block = least(steps(t, k, bf16), t->term_block);
  const int64_t rows = round_up(least(m, t->row_block), t->tile_rows);
  return (bf16 && t->has_bf16 ? rows * block : 0) + (packed ? 0 : padded(t, n) * block);
}

int64_t tk_attention_scratch(const tk_kernels *t, int64_t max_queries, int64_t max_keys,
                             int64_t head_width, bool backward, bool bf16) {
  const int64_t keys = padded(t, max_keys), width = padded(t, head_width);
  const int64_t key_steps = steps(t, keys, bf16), width_steps = steps(t, head_width, bf16);
  const int64_t query_steps = steps(t, max_queries, bf16);
  const bool in_pairs = bf16 && t->has_bf16;
  int64_t pairs = in_pairs ? t->tile_rows * most(key_steps, width_steps) : 0;
  if (!backward) return keys * (width_steps + t->tile_rows) + key_steps * width + pairs;
  if (in_pairs) pairs = most(pairs, (keys + t->tile_rows) * query_steps);
  return keys * 2 * width_steps + (key_steps + 2 * query_steps) * width + 2 * max_queries * keys +
         pairs;
}

int64_t tk_cache_size(const tk_kernels *t, int64_t heads, int64_t head_width, int64_t capacity,
                      bool bf16) {
  const int64_t keys = padded(t, capacity);
  return heads * (keys * steps(t, head_width, bf16) + steps(t, keys, bf16) * padded(t, head_width));
}
