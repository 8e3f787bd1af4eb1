// Attention over packed ragged sequences with a shared prefix. Keys go into transposed panels and
// values into plain panels, so that scores and outputs are register tiles of the matrix product.
// The order of the sums is the order of the keys, prefix first: a suffix after a shared prefix has
// the bits of the same sequence written out in full.

/// Writes `count` rows as columns `start...` of transposed panels.
static void pack_columns(int64_t width, const float *x, int64_t x_row, int64_t start,
                         int64_t count, float *panels) {
  for (int64_t j = 0; j < count; j++) {
    const int64_t column = start + j;
    float *panel = panels + column / PANEL * PANEL * width + column % PANEL;
    for (int64_t d = 0; d < width; d++) panel[d * PANEL] = x[j * x_row + d];
  }
}

/// Clears the columns from `start` to the end of their panel.
static void clear_columns(int64_t width, int64_t start, float *panels) {
  if (start % PANEL == 0) return;
  float *panel = panels + start / PANEL * PANEL * width;
  for (int64_t d = 0; d < width; d++) {
    for (int64_t c = start % PANEL; c < PANEL; c++) panel[d * PANEL + c] = 0;
  }
}

/// Writes `count` rows as rows `start...` of panels that hold `capacity` rows each.
static void pack_rows(int64_t width, const float *x, int64_t x_row, int64_t start, int64_t count,
                      int64_t capacity, float *panels) {
  for (int64_t d = 0; d < width; d += PANEL) {
    float *panel = panels + d * capacity + start * PANEL;
    for (int64_t j = 0; j < count; j++) {
      const float *source = x + j * x_row + d;
      store(panel + j * PANEL, load_partial(source, width - d));
      store(panel + j * PANEL + LANES, load_partial(source + LANES, width - d - LANES));
    }
  }
}

/// Softmax of `scale * s` over the first `count` entries; the others, up to `padded`, become 0.
INLINE void softmax_row(float *s, int64_t count, int64_t padded, float scale) {
  vf largest = -INFINITY;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vf x = load(s + j) * scale;
    store(s + j, x);
    largest = vmax(largest, x);
  }
  if (j < count) {
    vf x = load(s + j) * scale;
    store(s + j, x);
    largest = vmax(largest, lane_indices() < (vi)(int32_t)(count - j) ? x : (vf)-INFINITY);
  }
  const float m = reduce_max(largest);
  vf total = 0;
  for (j = 0; j + LANES <= count; j += LANES) {
    vf e = vexp(load(s + j) - m);
    store(s + j, e);
    total += e;
  }
  if (j < count) {
    vf e = keep(vexp(load(s + j) - m), count - j);
    store(s + j, e);
    total += e;
    j += LANES;
  }
  const float inverse = 1.0f / reduce_add(total);
  for (int64_t i = 0; i < j; i += LANES) store(s + i, load(s + i) * inverse);
  for (; j < padded; j += LANES) store(s + j, (vf)0);
}

INLINE int64_t most_visible(const int32_t *visible, int64_t count) {
  int64_t most = 0;
  for (int64_t i = 0; i < count; i++) most = visible[i] > most ? visible[i] : most;
  return most;
}

/// Rows of A (strided) times transposed panels: out[i, 0..<keys], rounded up to whole panels.
INLINE void multiply_columns(int64_t rows, int64_t width, const float *a, int64_t a_row,
                             const float *panels, int64_t keys, float *out, int64_t out_row) {
  for (int64_t j = 0; j < keys; j += PANEL) {
    tile_arguments t = {.k = width, .a = a, .a_row = a_row, .a_column = 1,
                        .b = panels + j * width, .b_row = PANEL,
                        .c = out + j, .c_row = out_row, .columns = PANEL};
    multiply_tile(rows, &t);
  }
}

/// Rows of A times panels of rows: out[i, 0..<width], added to what is there if `accumulate`.
INLINE void multiply_rows(int64_t rows, int64_t k, const float *a, int64_t a_row, int64_t a_column,
                          const float *panels, int64_t capacity, int64_t width, bool accumulate,
                          float *out, int64_t out_row) {
  for (int64_t d = 0; d < width; d += PANEL) {
    tile_arguments t = {.k = k, .a = a, .a_row = a_row, .a_column = a_column,
                        .b = panels + d * capacity, .b_row = PANEL,
                        .initial = accumulate ? out + d : 0, .initial_row = out_row,
                        .c = out + d, .c_row = out_row, .columns = least(PANEL, width - d)};
    multiply_tile(rows, &t);
  }
}

INLINE int64_t longest_keys(const tk_attention_arguments *g) {
  int64_t longest = 0;
  for (int64_t s = 0; s < g->sequence_count; s++) {
    const tk_sequence q_s = g->sequences[s];
    const int64_t keys = q_s.path_count + q_s.prefix_count + q_s.key_count;
    longest = keys > longest ? keys : longest;
  }
  return round_up(longest, PANEL);
}

/// Whether the prefix packed for the previous sequence serves this one too.
INLINE bool shares_prefix(const tk_attention_arguments *g, int64_t s) {
  if (s == 0) return false;
  const tk_sequence a = g->sequences[s - 1], b = g->sequences[s];
  return a.prefix_count == b.prefix_count && a.prefix_start == b.prefix_start &&
         a.path_count == b.path_count;
}

/// Whether the sequence after `s` begins with keys of its own.
INLINE bool is_continued(const tk_attention_arguments *g, int64_t s) {
  const tk_sequence q_s = g->sequences[s];
  return s + 1 < g->sequence_count &&
         g->sequences[s + 1].path_count > q_s.path_count + q_s.prefix_count;
}

static void attention(const tk_attention_arguments *g) {
  const int64_t width = g->head_width, capacity = longest_keys(g);
  const float scale = 1.0f / sqrtf((float)width);
  float *keys = g->scratch;
  float *values = keys + capacity * width;
  float *scores = values + capacity * round_up(width, PANEL);
  for (int64_t head = 0; head < g->heads; head++) {
    const float *q = g->q + head * width, *k = g->k + head * width, *v = g->v + head * width;
    for (int64_t s = 0; s < g->sequence_count; s++) {
      const tk_sequence q_s = g->sequences[s];
      const int64_t path = q_s.path_count, prefix = path + q_s.prefix_count;
      if (!shares_prefix(g, s)) {
        pack_columns(width, k + q_s.prefix_start * g->k_row, g->k_row, path, q_s.prefix_count,
                     keys);
        pack_rows(width, v + q_s.prefix_start * g->v_row, g->v_row, path, q_s.prefix_count,
                  capacity, values);
      }
      if (q_s.query_count == 0 && !is_continued(g, s)) continue;
      pack_columns(width, k + q_s.key_start * g->k_row, g->k_row, prefix, q_s.key_count, keys);
      clear_columns(width, prefix + q_s.key_count, keys);
      pack_rows(width, v + q_s.key_start * g->v_row, g->v_row, prefix, q_s.key_count, capacity,
                values);
      for (int64_t i = 0; i < q_s.query_count; i += TILE_ROWS) {
        const int64_t rows = least(TILE_ROWS, q_s.query_count - i), row = q_s.query_start + i;
        const int64_t seen = most_visible(g->visible + row, rows);
        multiply_columns(rows, width, q + row * g->q_row, g->q_row, keys, seen, scores, capacity);
        for (int64_t r = 0; r < rows; r++) {
          softmax_row(scores + r * capacity, g->visible[row + r], round_up(seen, LANES), scale);
        }
        multiply_rows(rows, seen, scores, capacity, 1, values, capacity, width, false,
                      g->out + head * width + row * g->out_row, g->out_row);
      }
    }
  }
}

static void cache_store(int64_t heads, int64_t width, int64_t capacity, int64_t position,
                        const float *k, const float *v, float *cache) {
  const int64_t rows = round_up(capacity, PANEL), padded = round_up(width, PANEL);
  for (int64_t head = 0; head < heads; head++) {
    float *keys = cache + head * rows * (width + padded);
    pack_columns(width, k + head * width, 0, position, 1, keys);
    pack_rows(width, v + head * width, 0, position, 1, rows, keys + rows * width);
  }
}

static void cached_attention(const tk_cached_attention_arguments *g) {
  const int64_t width = g->head_width;
  const int64_t rows = round_up(g->capacity, PANEL), padded = round_up(width, PANEL);
  const float scale = 1.0f / sqrtf((float)width);
  for (int64_t i = 0; i < g->count; i++) {
    const int64_t seen = g->visible[i];
    for (int64_t head = 0; head < g->heads; head++) {
      const float *keys =
          g->cache + (g->slots[i] * g->heads + head) * rows * (width + padded);
      multiply_columns(1, width, g->q + i * g->q_row + head * width, 0, keys, seen, g->scratch,
                       rows);
      softmax_row(g->scratch, seen, round_up(seen, LANES), scale);
      multiply_rows(1, seen, g->scratch, 0, 1, keys + rows * width, rows, width, false,
                    g->out + i * g->out_row + head * width, g->out_row);
    }
  }
}
