// Matrix product. One register tile of up to TILE_ROWS x PANEL serves every product here, GEMM and
// attention alike. Each output element is one chain of multiply-adds in the order of k, whatever
// the tile's height, so remainder rows have the bits they would have anywhere else.

#define PANEL (2 * LANES)
#define K_BLOCK 256  // a panel of B (32 KB at 16 lanes) stays in the first-level cache
#define M_BLOCK 240  // a block of A stays in the second-level cache

typedef struct {
  int64_t k;
  const float *a;
  int64_t a_row, a_column;
  const float *b;
  int64_t b_row;
  const float *initial;
  int64_t initial_row;
  float *c;
  int64_t c_row;
  int64_t columns;  // 1...PANEL
  const float *bias;
  bool gelu;
} tile_arguments;

INLINE void tile_body(const int rows, const int64_t a_row, const tile_arguments *t) {
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
      sum[i][0] = madd(s, b0, sum[i][0]);
      sum[i][1] = madd(s, b1, sum[i][1]);
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
  float *c = t->c;
  UNROLL for (int i = 0; i < rows; i++) {
    store_partial(c + i * t->c_row, sum[i][0], low);
    store_partial(c + i * t->c_row + LANES, sum[i][1], high);
  }
  if (t->gelu) {
    // On the stored tile, still in the first-level cache: in registers it would spill the sums.
    for (int i = 0; i < rows; i++) {
      float *p = c + i * t->c_row;
      store_partial(p, vgelu(load_partial(p, low)), low);
      store_partial(p + LANES, vgelu(load_partial(p + LANES, high)), high);
    }
  }
}

#define TILE(n)                                                                   \
  static __attribute__((noinline)) void tile_##n(const tile_arguments *t) {       \
    tile_body(n, t->a_row, t);                                                    \
  }                                                                               \
  static __attribute__((noinline)) void tile_dense_##n(const tile_arguments *t) { \
    tile_body(n, 1, t);                                                           \
  }

TILE(1) TILE(2) TILE(3) TILE(4)
#if TILE_ROWS > 4
TILE(5) TILE(6)
#endif
#if TILE_ROWS > 6
TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif

typedef void (*tile_function)(const tile_arguments *);

static const tile_function tiles[2][TILE_ROWS] = {
#if TILE_ROWS == 4
    {tile_1, tile_2, tile_3, tile_4},
    {tile_dense_1, tile_dense_2, tile_dense_3, tile_dense_4},
#elif TILE_ROWS == 6
    {tile_1, tile_2, tile_3, tile_4, tile_5, tile_6},
    {tile_dense_1, tile_dense_2, tile_dense_3, tile_dense_4, tile_dense_5, tile_dense_6},
#else
    {tile_1, tile_2, tile_3, tile_4, tile_5, tile_6, tile_7, tile_8, tile_9, tile_10, tile_11,
     tile_12},
    {tile_dense_1, tile_dense_2, tile_dense_3, tile_dense_4, tile_dense_5, tile_dense_6,
     tile_dense_7, tile_dense_8, tile_dense_9, tile_dense_10, tile_dense_11, tile_dense_12},
#endif
};

/// Multiplies up to TILE_ROWS rows. `a_row` of 1 (a transposed A) has addresses of its own.
INLINE void multiply_tile(int64_t rows, const tile_arguments *t) {
  tiles[t->a_row == 1][rows - 1](t);
}

/// Packs rows k of B into panels: panel p holds PANEL columns, k-major, zero-padded.
static void pack_block(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column,
                       float *packed) {
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = least(PANEL, n - j);
    float *panel = packed + j * k;
    if (b_column == 1) {
      for (int64_t i = 0; i < k; i++) {
        const float *source = b + i * b_row + j;
        store(panel + i * PANEL, load_partial(source, columns));
        store(panel + i * PANEL + LANES, load_partial(source + LANES, columns - LANES));
      }
    } else {
      if (columns < PANEL) memset(panel, 0, (size_t)(k * PANEL) * sizeof(float));
      for (int64_t c = 0; c < columns; c++) {
        const float *source = b + (j + c) * b_column;
        for (int64_t i = 0; i < k; i++) panel[i * PANEL + c] = source[i * b_row];
      }
    }
  }
}

static void pack(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column,
                 float *packed) {
  const int64_t padded = round_up(n, PANEL);
  for (int64_t k0 = 0; k0 < k; k0 += K_BLOCK) {
    pack_block(least(K_BLOCK, k - k0), n, b + k0 * b_row, b_row, b_column, packed + k0 * padded);
  }
}

static void gemm(const tk_gemm_arguments *g) {
  const int64_t padded = round_up(g->n, PANEL);
  // Few rows do not repay packing; whole panels can then be read in place.
  const bool direct = !g->packed && g->m <= TILE_ROWS && g->b_column == 1 && padded == g->n;
  int64_t k0 = 0;
  do {
    const int64_t k = least(K_BLOCK, g->k - k0);
    const bool first = k0 == 0, last = k0 + k == g->k;
    const float *b = g->packed ? g->packed + k0 * padded : g->scratch;
    if (direct) {
      b = g->b + k0 * g->b_row;
    } else if (!g->packed) {
      pack_block(k, g->n, g->b + k0 * g->b_row, g->b_row, g->b_column, g->scratch);
    }
    for (int64_t m0 = 0; m0 < g->m; m0 += M_BLOCK) {
      const int64_t m1 = least(m0 + M_BLOCK, g->m);
      for (int64_t j = 0; j < g->n; j += PANEL) {
        tile_arguments t = {
            .k = k,
            .a_row = g->a_row,
            .a_column = g->a_column,
            .b = direct ? b + j : b + j * k,
            .b_row = direct ? g->b_row : PANEL,
            .initial_row = first ? g->initial_row : g->c_row,
            .c_row = g->c_row,
            .columns = least(PANEL, g->n - j),
            .bias = last && g->bias ? g->bias + j : 0,
            .gelu = last && g->gelu,
        };
        for (int64_t i = m0; i < m1; i += TILE_ROWS) {
          t.a = g->a + i * g->a_row + k0 * g->a_column;
          t.c = g->c + i * g->c_row + j;
          t.initial = !first ? t.c : g->initial ? g->initial + i * g->initial_row + j : 0;
          multiply_tile(least(TILE_ROWS, m1 - i), &t);
        }
      }
    }
    k0 += k;
  } while (k0 < g->k);
}
