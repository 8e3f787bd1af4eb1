// Matrix product. One register tile of up to TILE_ROWS x PANEL serves every product here, GEMM and
// attention alike. Each output element is one chain of multiply-adds in the order of k, whatever
// the tile's height, so remainder rows have the bits they would have anywhere else. Where the CPU
// has tiles of its own, those multiply the pairs.

#define K_BLOCK 256  // terms or pairs: a panel of B (32 KB at 16 lanes) fits a first-level cache
#if HAS_TILES
#define M_BLOCK 256       // a block of A stays in the second-level cache,
#define CACHE (2 << 20)   // which CPUs with tiles have more of
#define PAIR_ROWS 32      // rows that are multiplied together,
#define PAIR_BLOCK 16     // and pairs of them: zeros fill the last block
#else
#define M_BLOCK 240
#define CACHE (512 << 10)
#define PAIR_ROWS TILE_ROWS
#define PAIR_BLOCK 1
#endif

typedef struct {
  int64_t k;  // terms, or pairs of them
  const float *a;
  int64_t a_row, a_column;
  const float *b;
  int64_t b_row;
  const float *initial;
  int64_t initial_row;
  float *c;
  tk_bf16 *c_bf16;  // overrides c, for pairs
  int64_t c_row;
  int64_t columns;  // 1...PANEL
  const float *bias;
  bool gelu;
} tile_arguments;

INLINE vf add_product(const bool in_pairs, vf a, vf b, vf sum) {
#if HAS_BF16
  if (in_pairs) return add_product_of_pairs(a, b, sum);
#endif
  return madd(a, b, sum);
}

INLINE void tile_body(const bool in_pairs, const int rows, const int64_t a_row,
                      const tile_arguments *t) {
  vf sum[TILE_ROWS][2];
  const int64_t low = t->columns, high = t->columns - LANES;
  UNROLL for (int i = 0; i < rows; i++) {
    sum[i][0] = 0;
    sum[i][1] = 0;
  }
  if (t->initial) {
    const float *initial = t->initial;
    UNROLL for (int i = 0; i < rows; i++) {
      sum[i][0] = load_partial(initial + i * t->initial_row, low);
      sum[i][1] = load_partial(initial + i * t->initial_row + LANES, high);
    }
  }
  const float *a = t->a, *b = t->b;
  const int64_t a_column = t->a_column, b_row = t->b_row;
  for (int64_t k = t->k; k > 0; k--) {
    const vf b0 = load(b), b1 = load(b + LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      const vf s = a[i * a_row];
      sum[i][0] = add_product(in_pairs, s, b0, sum[i][0]);
      sum[i][1] = add_product(in_pairs, s, b1, sum[i][1]);
    }
    a += a_column;
    b += b_row;
  }
  if (t->bias) {
    const vf bias0 = load_partial(t->bias, low), bias1 = load_partial(t->bias + LANES, high);
    UNROLL for (int i = 0; i < rows; i++) {
      sum[i][0] += bias0;
      sum[i][1] += bias1;
    }
  }
#if HAS_BF16
  if (in_pairs && t->c_bf16 && !t->gelu) {
    UNROLL for (int i = 0; i < rows; i++) {
      store_rounded(t->c_bf16 + i * t->c_row, sum[i][0], low);
      store_rounded(t->c_bf16 + i * t->c_row + LANES, sum[i][1], high);
    }
    return;
  }
#endif
  float own[TILE_ROWS * PANEL];
  const bool is_rounded = in_pairs && t->c_bf16;
  float *c = is_rounded ? own : t->c;
  const int64_t c_row = is_rounded ? PANEL : t->c_row;
  UNROLL for (int i = 0; i < rows; i++) {
    store_partial(c + i * c_row, sum[i][0], low);
    store_partial(c + i * c_row + LANES, sum[i][1], high);
  }
  if (!t->gelu) return;
  // On the stored tile, still in the first-level cache: in registers it would spill the sums.
  for (int i = 0; i < rows; i++) {
    float *p = c + i * c_row;
    const vf y0 = vgelu(load_partial(p, low)), y1 = vgelu(load_partial(p + LANES, high));
#if HAS_BF16
    if (is_rounded) {
      store_rounded(t->c_bf16 + i * t->c_row, y0, low);
      store_rounded(t->c_bf16 + i * t->c_row + LANES, y1, high);
      continue;
    }
#endif
    store_partial(p, y0, low);
    store_partial(p + LANES, y1, high);
  }
}

typedef void (*tile_function)(const tile_arguments *);

// A function for each height, for rows of A anywhere and for rows that are neighbors.
#define TILE(kind, in_pairs, n)                                                    \
  static __attribute__((noinline)) void kind##_##n(const tile_arguments *t) {       \
    tile_body(in_pairs, n, t->a_row, t);                                            \
  }                                                                                 \
  static __attribute__((noinline)) void kind##_dense_##n(const tile_arguments *t) { \
    tile_body(in_pairs, n, 1, t);                                                   \
  }
#if TILE_ROWS == 4
#define HEIGHTS(f, ...) f(__VA_ARGS__, 1) f(__VA_ARGS__, 2) f(__VA_ARGS__, 3) f(__VA_ARGS__, 4)
#elif TILE_ROWS == 6
#define HEIGHTS(f, ...)                                                                   \
  f(__VA_ARGS__, 1) f(__VA_ARGS__, 2) f(__VA_ARGS__, 3) f(__VA_ARGS__, 4) f(__VA_ARGS__, 5) \
  f(__VA_ARGS__, 6)
#else
#define HEIGHTS(f, ...)                                                                   \
  f(__VA_ARGS__, 1) f(__VA_ARGS__, 2) f(__VA_ARGS__, 3) f(__VA_ARGS__, 4) f(__VA_ARGS__, 5) \
  f(__VA_ARGS__, 6) f(__VA_ARGS__, 7) f(__VA_ARGS__, 8) f(__VA_ARGS__, 9) f(__VA_ARGS__, 10) \
  f(__VA_ARGS__, 11) f(__VA_ARGS__, 12)
#endif
#define ENTRY(name, n) name##_##n,
#define TILES(kind, in_pairs)                        \
  HEIGHTS(TILE, kind, in_pairs)                      \
  static const tile_function kind##s[2][TILE_ROWS] = \
      {{HEIGHTS(ENTRY, kind)}, {HEIGHTS(ENTRY, kind##_dense)}};

TILES(tile, false)
#if HAS_TILES
#include "tiles.h"
#else
INLINE void begin_tiles(void) {}
INLINE void end_tiles(void) {}
#if HAS_BF16
TILES(pair_tile, true)
#endif
#endif

/// The most rows that are multiplied together.
INLINE int64_t tile_rows(const bool in_pairs) { return in_pairs ? PAIR_ROWS : TILE_ROWS; }

/// Multiplies up to `tile_rows` rows. `a_row` of 1 (a transposed A) has addresses of its own.
INLINE void multiply_tile(const bool in_pairs, int64_t rows, const tile_arguments *t) {
#if HAS_TILES
  if (in_pairs) return multiply_pairs(rows, t);
#elif HAS_BF16
  if (in_pairs) return pair_tiles[t->a_row == 1][rows - 1](t);
#endif
  tiles[t->a_row == 1][rows - 1](t);
}

/// Steps of the tile over so many terms.
INLINE int64_t steps(const bool in_pairs, int64_t k) {
  return in_pairs ? round_up((k + 1) / 2, PAIR_BLOCK) : k;
}

/// LANES steps of a row, from term `first` of `k` on.
INLINE vf load_steps(const bool in_pairs, const float *row, int64_t first, int64_t k) {
#if HAS_BF16
  if (in_pairs) return pair_neighbors(row + first, k - first);
#endif
  return load_partial(row + first, k - first);
}

/// Writes `count` rows of k terms as columns `start...` of panels: panel p holds PANEL columns,
/// step by step.
INLINE void pack_columns(const bool in_pairs, int64_t k, const float *x, int64_t x_row,
                         int64_t start, int64_t count, float *panels) {
  const int64_t all = steps(in_pairs, k);
  for (int64_t j = 0, next; j < count; j += next) {
    const int64_t column = start + j;
    float *panel = panels + column / PANEL * PANEL * all + column % PANEL;
    next = least(LANES - column % LANES, count - j);
    for (int64_t d = 0; d < all; d += LANES) {
      vf block[LANES];
      for (int64_t i = 0; i < LANES; i++) {
        block[i] = i < next ? load_steps(in_pairs, x + (j + i) * x_row, in_pairs ? 2 * d : d, k)
                            : (vf)0;
      }
      transpose(block);
      for (int64_t i = 0; i < least(LANES, all - d); i++) {
        store_partial(panel + (d + i) * PANEL, block[i], next);
      }
    }
  }
}

/// Writes `count` columns of k rows into a panel, step by step.
INLINE void pack_panel(const bool in_pairs, int64_t k, int64_t count, const float *x,
                       int64_t x_row, float *panel) {
#if HAS_BF16
  if (in_pairs) return pair_across(k, count, x, x_row, panel, PANEL);
#endif
  for (int64_t i = 0; i < k; i++) {
    const float *row = x + i * x_row;
    store_partial(panel + i * PANEL, load_partial(row, count), count);
    store_partial(panel + i * PANEL + LANES, load_partial(row + LANES, count - LANES),
                  count - LANES);
  }
}

/// Packs up to `term_block` rows of B into panels, zero-padded.
INLINE void pack_terms(const bool in_pairs, int64_t k, int64_t n, const float *b, int64_t b_row,
                       int64_t b_column, float *packed) {
  const int64_t all = steps(in_pairs, k);
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = least(PANEL, n - j);
    float *panel = packed + j * all;
    if (columns < PANEL || (in_pairs && k < 2 * all)) {
      memset(panel, 0, (size_t)(all * PANEL) * sizeof(float));
    }
    if (b_column == 1) {
      pack_panel(in_pairs, k, columns, b + j, b_row, panel);
    } else {
      pack_columns(in_pairs, k, b + j * b_column, b_column, 0, columns, panel);
    }
  }
}

INLINE int64_t term_block(const bool in_pairs) { return in_pairs ? 2 * K_BLOCK : K_BLOCK; }

static void pack(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, bool bf16,
                 float *packed) {
  const int64_t padded = round_up(n, PANEL);
  const bool in_pairs = HAS_BF16 && bf16;
  for (int64_t k0 = 0; k0 < k; k0 += term_block(in_pairs)) {
    pack_terms(in_pairs, least(term_block(in_pairs), k - k0), n, b + k0 * b_row, b_row, b_column,
               packed + steps(in_pairs, k0) * padded);
  }
}

/// A block of A as the tile reads it.
typedef struct {
  const float *base;
  int64_t row, column;
} operand;

INLINE operand read_rows(const bool in_pairs, const tk_gemm_arguments *g, int64_t m0, int64_t rows,
                         int64_t k0, int64_t k, float *pairs) {
#if HAS_BF16
  if (in_pairs && g->a_bf16) {
    const tk_bf16 *a = g->a_bf16 + m0 * g->a_row + k0;
    return (operand){(const float *)a, g->a_row / 2, 1};
  }
#endif
  const float *a = g->a + m0 * g->a_row + k0 * g->a_column;
#if HAS_BF16
  if (in_pairs && g->a_column == 1) {
    pair_along(rows, k, a, g->a_row, steps(true, k), pairs);
    return (operand){pairs, steps(true, k), 1};
  }
  if (in_pairs && HAS_TILES) {
    pair_down(k, rows, a, g->a_column, steps(true, k), pairs);
    return (operand){pairs, steps(true, k), 1};
  }
  if (in_pairs) {
    pair_across(k, rows, a, g->a_column, pairs, rows);
    return (operand){pairs, 1, rows};
  }
#endif
  return (operand){a, g->a_row, g->a_column};
}

INLINE void multiply_blocks(const bool in_pairs, const tk_gemm_arguments *g) {
  const int64_t padded = round_up(g->n, PANEL), terms = term_block(in_pairs);
  // Few rows do not repay packing; whole panels can then be read in place.
  const bool direct =
      !in_pairs && !g->packed && g->m <= TILE_ROWS && g->b_column == 1 && padded == g->n;
  float *packed = g->scratch, *pairs = g->scratch;
  if (in_pairs) {
    packed += round_up(least(g->m, M_BLOCK), PAIR_ROWS) * steps(true, least(g->k, terms));
  }
  int64_t k0 = 0;
  do {
    const int64_t k = least(terms, g->k - k0), k_steps = steps(in_pairs, k);
    const bool first = k0 == 0, last = k0 + k == g->k;
    const float *b = g->packed ? g->packed + steps(in_pairs, k0) * padded : packed;
    if (direct) {
      b = g->b + k0 * g->b_row;
    } else if (!g->packed) {
      pack_terms(in_pairs, k, g->n, g->b + k0 * g->b_row, g->b_row, g->b_column, packed);
    }
    for (int64_t m0 = 0; m0 < g->m; m0 += M_BLOCK) {
      const int64_t rows = least(M_BLOCK, g->m - m0);
      const operand a = read_rows(in_pairs, g, m0, rows, k0, k, pairs);
      for (int64_t j = 0; j < g->n; j += PANEL) {
        tile_arguments t = {
            .k = k_steps,
            .a_row = a.row,
            .a_column = a.column,
            .b = direct ? b + j : b + j * k_steps,
            .b_row = direct ? g->b_row : PANEL,
            .initial_row = first ? g->initial_row : g->c_row,
            .c_row = g->c_row,
            .columns = least(PANEL, g->n - j),
            .bias = last && g->bias ? g->bias + j : 0,
            .gelu = last && g->gelu,
        };
        for (int64_t i = 0; i < rows; i += tile_rows(in_pairs)) {
          const int64_t row = m0 + i;
          t.a = a.base + i * a.row;
          if (in_pairs && g->c_bf16) {
            t.c_bf16 = g->c_bf16 + row * g->c_row + j;
          } else {
            t.c = g->c + row * g->c_row + j;
          }
          t.initial = !first ? t.c : g->initial ? g->initial + row * g->initial_row + j : 0;
          multiply_tile(in_pairs, least(tile_rows(in_pairs), rows - i), &t);
        }
      }
    }
    k0 += k;
  } while (k0 < g->k);
}

static void gemm(const tk_gemm_arguments *g) {
#if HAS_BF16
  if (g->bf16) {
    begin_tiles();
    multiply_blocks(true, g);
    end_tiles();
    return;
  }
#endif
  multiply_blocks(false, g);
}
