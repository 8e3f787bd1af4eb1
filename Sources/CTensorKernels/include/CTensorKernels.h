/// Numerical kernels over fp32 memory, dispatched at run time to the widest vector unit.
///
/// Every kernel is batch invariant: the bits of an output row depend on that row's inputs only,
/// never on the other rows of the call or on the row's place among them. Sums over rows (weight
/// gradients) run in row order. All kernels are single-threaded and keep no state.
///
/// The environment variable MINIMO_CPU (portable, avx2, avx512, avx512bf16 or amx) forces a level
/// that the CPU has; it is read once.
#ifndef C_TENSOR_KERNELS_H
#define C_TENSOR_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum {
  TK_LEVEL_PORTABLE = 0,
  TK_LEVEL_AVX2 = 1,
  TK_LEVEL_AVX512 = 2,
  TK_LEVEL_AVX512_BF16 = 3,
  TK_LEVEL_AMX = 4,
} tk_level;

/// An fp32 number's upper half, to which it was rounded.
typedef uint16_t tk_bf16;

/// C[m,n] = f(initial + A·B + bias), f being the identity or tanh-GELU.
///
/// A is addressed by two strides, so a transpose costs nothing. B is either addressed by two
/// strides (one of them 1) and packed into `scratch` on the way, or comes packed by `pack`.
/// `initial` may be C itself (accumulation), another matrix (residual), or NULL (zero).
///
/// With `bf16`, levels that have instructions for it round A and B to bf16 first, to even; all else
/// stays fp32, the sums too, but the instructions take denormal numbers for 0 and give 0 for them.
/// Other levels ignore it.
///
/// Where it has an effect, A may have been rounded before, if k and a_row are multiples of
/// 2 pair_block and A's memory goes on to a multiple of tile_rows / 2 rows; and C may be rounded
/// after, apart from `initial`, if k is at most 2 term_block. The bits are those of rounding A when
/// it is read, and C once it is there.
typedef struct {
  int64_t m, n, k;
  const float *_Nullable a;
  const tk_bf16 *_Nullable a_bf16;  // overrides a, with a_column 1
  int64_t a_row, a_column;
  const float *_Nullable b;
  int64_t b_row, b_column;
  const float *_Nullable packed;  // overrides b
  const float *_Nullable initial;
  int64_t initial_row;
  const float *_Nullable bias;  // n values, or NULL
  float *_Nullable c;
  tk_bf16 *_Nullable c_bf16;  // overrides c
  int64_t c_row;
  bool gelu;
  bool bf16;
  float *_Nullable scratch;  // tk_gemm_scratch(…) values
} tk_gemm_arguments;

/// One sequence of a packed batch: its queries, its own keys, and the keys before them.
///
/// It begins with the first `path_count` keys of the sequence listed before it (a tree, in the
/// order of a depth-first walk), then come the rows of the prefix, then its own keys.
typedef struct {
  int32_t query_start, query_count;
  int32_t key_start, key_count;
  int32_t prefix_start, prefix_count;
  int32_t path_count;  // 0 in attention_backward
} tk_sequence;

/// Multi-head attention over a packed ragged batch.
///
/// Query row r sees the first `visible[r]` keys of its sequence, the prefix counting first.
/// Rows are `head_width * heads` wide, with strides of their own.
typedef struct {
  int64_t sequence_count;
  const tk_sequence *_Nullable sequences;
  const int32_t *_Nullable visible;
  int64_t heads, head_width;
  const float *_Nullable q;
  const float *_Nullable k;
  const float *_Nullable v;
  int64_t q_row, k_row, v_row;
  float *_Nullable out;
  tk_bf16 *_Nullable out_bf16;  // overrides out, where `bf16` has an effect
  int64_t out_row;
  bool bf16;                 // as in a product: all operands of its products
  float *_Nullable scratch;  // tk_attention_scratch(…) values
  // Backward only: the gradient of `out`, and where the gradients of q (overwritten), k and v
  // (added to) go, with the row strides of q, k and v.
  const float *_Nullable d_out;
  int64_t d_out_row;
  float *_Nullable d_q;
  float *_Nullable d_k;
  float *_Nullable d_v;
  int64_t d_q_row, d_k_row, d_v_row;
} tk_attention_arguments;

/// One query row per entry against keys and values cached in panels (see `cache_store`).
typedef struct {
  int64_t count;
  const int32_t *_Nullable slots;    // which cache each row reads
  const int32_t *_Nullable visible;  // how many of its keys
  int64_t heads, head_width, capacity;
  const float *_Nullable q;
  int64_t q_row;
  const float *_Nullable cache;
  float *_Nullable out;
  tk_bf16 *_Nullable out_bf16;  // overrides out, where `bf16` has an effect
  int64_t out_row;
  bool bf16;                 // as the cache was stored
  float *_Nullable scratch;  // tk_attention_scratch(1, capacity, head_width, false, bf16) values
} tk_cached_attention_arguments;

typedef struct {
  float gradient_scale;  // what gradients are multiplied by first; 1 for as they are
  float learning_rate, beta1, beta2, epsilon, weight_decay;
  float correction1, correction2;  // 1 - beta^t
} tk_adamw_arguments;

/// The implementations of one level. A new instruction set is one more table.
typedef struct {
  tk_level level;
  const char *name;
  int64_t panel_width;  // columns that packed matrices are padded to
  int64_t tile_rows;    // rows that are multiplied together, at most
  int64_t cache;        // bytes of second-level cache to plan for
  int64_t row_block;    // rows of A worth giving to one call, that cache in mind
  int64_t term_block;   // terms of k between visits to C, of bf16 twice as many
  int64_t pair_block;   // what numbers of pairs of bf16 are rounded up to
  bool has_bf16;
  void (*pack)(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, bool bf16,
               float *packed);
  void (*gemm)(const tk_gemm_arguments *);
  void (*attention)(const tk_attention_arguments *);
  void (*attention_backward)(const tk_attention_arguments *);
  // Into memory of tk_cache_size(…) values, uninitialized before position 0.
  void (*cache_store)(int64_t heads, int64_t head_width, int64_t capacity, int64_t position,
                      const float *k, const float *v, bool bf16, float *cache);
  void (*cached_attention)(const tk_cached_attention_arguments *);
  // To `out`, or where `has_bf16` to `out_bf16` instead.
  void (*layer_norm)(int64_t rows, int64_t width, const float *x, int64_t x_row,
                     const float *gain, const float *bias, float epsilon, float *_Nullable out,
                     tk_bf16 *_Nullable out_bf16, float *_Nullable statistics);
  void (*layer_norm_backward)(int64_t rows, int64_t width, const float *x, const float *gain,
                              const float *statistics, const float *d_out, float *d_x,
                              float *d_gain, float *d_bias);
  void (*cross_entropy)(int64_t rows, int64_t classes, const float *logits,
                        const int32_t *targets, const float *weights, float *losses,
                        float *_Nullable d_logits);
  void (*gather)(int64_t rows, int64_t width, const float *table, const int32_t *indices,
                 float *out);
  void (*gather_add)(int64_t rows, int64_t width, const float *table, const int32_t *indices,
                     float *out);
  void (*scatter_add)(int64_t rows, int64_t width, const float *x, const int32_t *indices,
                      float *table);
  void (*column_sums)(int64_t rows, int64_t width, const float *x, int64_t x_row, float *out);
  void (*add)(int64_t n, const float *a, const float *b, float *out);
  void (*subtract)(int64_t n, const float *a, const float *b, float *out);
  void (*multiply)(int64_t n, const float *a, const float *b, float *out);
  void (*scale)(int64_t n, float s, const float *a, float *out);
  void (*multiply_add)(int64_t n, const float *a, const float *b, float *out);
  void (*gelu)(int64_t n, const float *x, float *out);
  void (*gelu_backward)(int64_t n, const float *x, const float *d_out, float *d_x);
  void (*exponential)(int64_t n, const float *x, float *out);
  void (*sigmoid)(int64_t n, const float *x, float *out);
  double (*sum)(int64_t n, const float *x);
  double (*sum_of_squares)(int64_t n, const float *x);
  void (*adamw)(int64_t n, const tk_adamw_arguments *, const float *gradient, float *parameter,
                float *first_moment, float *second_moment);
} tk_kernels;

/// The table in use: the fastest this CPU has, unless MINIMO_CPU names another.
const tk_kernels *tk_current(void);

/// Set, before the first use of a table, by whoever carries out AMX's instructions in software: the
/// level then exists where the CPU lacks it, though it is not chosen unless named.
extern bool tk_emulates_amx;

/// The table of one level, or NULL where this CPU or this build lacks it.
const tk_kernels *_Nullable tk_at_level(tk_level level);

/// Floats of scratch that a GEMM needs on the given table.
int64_t tk_gemm_scratch(const tk_kernels *, int64_t m, int64_t n, int64_t k, bool packed,
                        bool bf16);

/// Floats that B of k x n takes when packed.
int64_t tk_packed_size(const tk_kernels *, int64_t n, int64_t k, bool bf16);

/// Floats of scratch for attention with at most so many queries and keys per sequence.
int64_t tk_attention_scratch(const tk_kernels *, int64_t max_queries, int64_t max_keys,
                             int64_t head_width, bool backward, bool bf16);

/// Floats of the key and value cache of one slot in one layer.
int64_t tk_cache_size(const tk_kernels *, int64_t heads, int64_t head_width, int64_t capacity,
                      bool bf16);

#pragma clang assume_nonnull end

#endif
