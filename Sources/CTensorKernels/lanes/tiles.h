// Products of pairs in the CPU's own tiles (AMX): sixteen rows of sixteen sums in each of four
// registers, two of A and two of B. In the order of k, the products of a block's first terms and
// those of its second terms are two chains, whose sum is added to the block before.

typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

/// Every tile 16 rows of 64 bytes. State of the thread, which others may have changed: set for
/// each call, and given up after it, as a thread without tiles is cheaper to switch.
INLINE void begin_tiles(void) {
  tile_configuration c = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    c.row_bytes[i] = 64;
    c.rows[i] = PAIR_BLOCK;
  }
  _tile_loadconfig(&c);
}

INLINE void end_tiles(void) { _tile_release(); }

#define HALF (PAIR_ROWS / 2)

/// Leaves sums 0 and 1 for the upper rows, 2 and 3 for the lower ones.
INLINE void sum_products(const bool has_lower, const tile_arguments *t) {
  const int64_t a_bytes = t->a_row * 4, b_bytes = t->b_row * 4;
  _tile_zero(0);
  _tile_zero(1);
  if (has_lower) {
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t k = 0; k < t->k; k += PAIR_BLOCK) {
    const float *a = t->a + k, *b = t->b + k * t->b_row;
    _tile_loadd(6, b, b_bytes);
    _tile_loadd(4, a, a_bytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, b + LANES, b_bytes);
    _tile_dpbf16ps(1, 4, 7);
    if (has_lower) {
      _tile_loadd(5, a + HALF * t->a_row, a_bytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
}

INLINE void store_sums(const bool has_lower, float *c, int64_t row) {
  _tile_stored(0, c, row * 4);
  _tile_stored(1, c + LANES, row * 4);
  if (has_lower) {
    _tile_stored(2, c + HALF * row, row * 4);
    _tile_stored(3, c + HALF * row + LANES, row * 4);
  }
}

INLINE vf finish(const tile_arguments *t, vf sum, const float *initial, const float *bias,
                 int64_t count) {
  if (initial) sum += load_partial(initial, count);
  if (bias) sum += load_partial(bias, count);
  return t->gelu ? vgelu(sum) : sum;
}

INLINE void multiply_rows_of_pairs(const bool has_lower, int64_t rows, const tile_arguments *t) {
  sum_products(has_lower, t);
  const bool is_whole = rows % HALF == 0 && t->columns == PANEL;
  if (is_whole && !t->initial && !t->bias && !t->gelu && !t->c_bf16) {
    store_sums(has_lower, t->c, t->c_row);
    return;
  }
  _Alignas(64) float sums[PAIR_ROWS * PANEL];
  store_sums(has_lower, sums, PANEL);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < t->columns; j += LANES) {
      const int64_t left = t->columns - j;
      const float *initial = t->initial ? t->initial + i * t->initial_row + j : 0;
      const vf sum = load(sums + i * PANEL + j);
      const vf y = finish(t, sum, initial, t->bias ? t->bias + j : 0, left);
      if (t->c_bf16) {
        store_rounded(t->c_bf16 + i * t->c_row + j, y, left);
      } else {
        store_partial(t->c + i * t->c_row + j, y, left);
      }
    }
  }
}

/// Rows of A are neighbors' pairs, a multiple of PAIR_BLOCK of them, and there may be more rows in
/// its memory than `rows`, up to a multiple of HALF.
static __attribute__((noinline)) void multiply_pairs(int64_t rows, const tile_arguments *t) {
  if (rows > HALF) {
    multiply_rows_of_pairs(true, rows, t);
  } else {
    multiply_rows_of_pairs(false, rows, t);
  }
}
