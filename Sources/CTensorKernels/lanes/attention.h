// Attention over packed ragged sequences with a shared prefix. Keys go into transposed panels and
// values into plain panels, so that scores and outputs are register tiles of the matrix product.
// The order of the sums is the order of the keys, prefix first: a suffix after a shared prefix has
// the bits of the same sequence written out in full.

/// Clears the columns from `start` to the end of their panel.
static void clear_columns(int64_t steps, int64_t start, float *panels) {
  if (start % PANEL == 0) return;
  float *panel = panels + start / PANEL * PANEL * steps;
  for (int64_t d = 0; d < steps; d++) {
    for (int64_t c = start % PANEL; c < PANEL; c++) panel[d * PANEL + c] = 0;
  }
}

/// Writes `count` rows as rows `start...` of panels that hold `capacity` rows each. An odd one of
/// pairs joins the row before it.
INLINE void pack_rows(const bool in_pairs, int64_t width, const float *x, int64_t x_row,
                      int64_t start, int64_t count, int64_t capacity, float *panels) {
  for (int64_t d = 0; d < width; d += PANEL) {
    const int64_t columns = least(PANEL, width - d);
#if HAS_BF16
    if (in_pairs) {
      float *target = panels + d * steps(true, capacity) + start / 2 * PANEL;
      const int64_t joined = count > 0 ? start % 2 : 0;
      if (joined) {
        for (int64_t c = 0; c < columns; c += LANES) {
          const vf row = load_partial(x + d + c, columns - c);
          store(target + c, replace_high(load(target + c), row));
        }
      }
      pair_across(count - joined, columns, x + joined * x_row + d, x_row, target + joined * PANEL,
                  PANEL);
      continue;
    }
#endif
    pack_panel(false, count, columns, x + d, x_row, panels + d * capacity + start * PANEL);
  }
}

/// Ends rows of pairs: what may follow the last one has weight 0, but may be no number.
INLINE void end_rows(const bool in_pairs, int64_t width, int64_t count, int64_t capacity,
                     float *panels) {
#if HAS_BF16
  if (!in_pairs) return;
  for (int64_t d = 0; d < width; d += PANEL) {
    float *panel = panels + d * steps(true, capacity);
    for (int64_t c = 0; c < least(PANEL, width - d); c += LANES) {
      float *last = panel + count / 2 * PANEL + c;
      if (count % 2) store(last, replace_high(load(last), (vf)0));
      for (int64_t p = (count + 1) / 2; p < steps(true, count); p++) {
        store(panel + p * PANEL + c, (vf)0);
      }
    }
  }
#endif
}

/// Rows of fp32 numbers as the tile reads them: themselves, or their pairs in `pairs`.
INLINE operand read_operand(const bool in_pairs, int64_t rows, int64_t k, const float *x,
                            int64_t x_row, float *pairs) {
#if HAS_BF16
  if (in_pairs) {
    pair_along(rows, k, x, x_row, steps(true, k), pairs);
    return (operand){pairs, steps(true, k), 1};
  }
#endif
  return (operand){x, x_row, 1};
}

/// Softmax of `scale * s` over the first `count` entries; the others, up to `padded`, become 0.
INLINE void softmax_row(float *s, int64_t count, int64_t padded, float scale) {
  vf largest = -INFINITY;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) largest = vmax(largest, load(s + j));
  if (j < count) {
    const vf x = load(s + j);
    largest = vmax(largest, lane_indices() < (vi)(int32_t)(count - j) ? x : (vf)-INFINITY);
  }
  const float m = reduce_max(largest);
  vf total = 0;
  for (j = 0; j + LANES <= count; j += LANES) {
    vf e = vexp((load(s + j) - m) * scale);
    store(s + j, e);
    total += e;
  }
  if (j < count) {
    vf e = keep(vexp((load(s + j) - m) * scale), count - j);
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

/// Rows of A times transposed panels: out[i, 0..<keys], rounded up to whole panels.
INLINE void multiply_columns(const bool in_pairs, int64_t rows, int64_t width, operand a,
                             const float *panels, int64_t keys, float *out, int64_t out_row) {
  const int64_t k = steps(in_pairs, width);
  for (int64_t j = 0; j < keys; j += PANEL) {
    tile_arguments t = {.k = k, .a = a.base, .a_row = a.row, .a_column = a.column,
                        .b = panels + j * k, .b_row = PANEL,
                        .c = out + j, .c_row = out_row, .columns = PANEL};
    multiply_tile(in_pairs, rows, &t);
  }
}

/// Rows of A times panels of rows, added to what is there if `accumulate`: to `out`, or rounded to
/// `out_bf16` if that is given, from `place` on.
INLINE void multiply_rows(const bool in_pairs, int64_t rows, int64_t k, operand a,
                          const float *panels, int64_t capacity, int64_t width, bool accumulate,
                          float *out, tk_bf16 *out_bf16, int64_t place, int64_t out_row) {
  for (int64_t d = 0; d < width; d += PANEL) {
    float *c = out_bf16 ? 0 : out + place + d;
    tile_arguments t = {.k = steps(in_pairs, k),
                        .a = a.base, .a_row = a.row, .a_column = a.column,
                        .b = panels + d * steps(in_pairs, capacity), .b_row = PANEL,
                        .initial = accumulate ? c : 0, .initial_row = out_row,
                        .c = c, .c_bf16 = out_bf16 ? out_bf16 + place + d : 0,
                        .c_row = out_row, .columns = least(PANEL, width - d)};
    multiply_tile(in_pairs, rows, &t);
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

INLINE void attend(const bool in_pairs, const tk_attention_arguments *g) {
  const int64_t width = g->head_width, capacity = longest_keys(g);
  const int64_t width_steps = steps(in_pairs, width);
  const float scale = 1.0f / sqrtf((float)width);
  tk_bf16 *out_bf16 = in_pairs ? g->out_bf16 : 0;
  float *keys = g->scratch;
  float *values = keys + capacity * width_steps;
  float *scores = values + steps(in_pairs, capacity) * round_up(width, PANEL);
  float *pairs = scores + tile_rows(in_pairs) * capacity;
  for (int64_t head = 0; head < g->heads; head++) {
    const float *q = g->q + head * width, *k = g->k + head * width, *v = g->v + head * width;
    for (int64_t s = 0; s < g->sequence_count; s++) {
      const tk_sequence q_s = g->sequences[s];
      const int64_t path = q_s.path_count, prefix = path + q_s.prefix_count;
      if (!shares_prefix(g, s)) {
        pack_columns(in_pairs, width, k + q_s.prefix_start * g->k_row, g->k_row, path,
                     q_s.prefix_count, keys);
        pack_rows(in_pairs, width, v + q_s.prefix_start * g->v_row, g->v_row, path,
                  q_s.prefix_count, capacity, values);
      }
      if (q_s.query_count == 0 && !is_continued(g, s)) continue;
      pack_columns(in_pairs, width, k + q_s.key_start * g->k_row, g->k_row, prefix, q_s.key_count,
                   keys);
      clear_columns(width_steps, prefix + q_s.key_count, keys);
      pack_rows(in_pairs, width, v + q_s.key_start * g->v_row, g->v_row, prefix, q_s.key_count,
                capacity, values);
      end_rows(in_pairs, width, prefix + q_s.key_count, capacity, values);
      for (int64_t i = 0; i < q_s.query_count; i += tile_rows(in_pairs)) {
        const int64_t rows = least(tile_rows(in_pairs), q_s.query_count - i);
        const int64_t row = q_s.query_start + i;
        const int64_t seen = most_visible(g->visible + row, rows);
        const operand queries =
            read_operand(in_pairs, rows, width, q + row * g->q_row, g->q_row, pairs);
        multiply_columns(in_pairs, rows, width, queries, keys, seen, scores, capacity);
        for (int64_t r = 0; r < rows; r++) {
          softmax_row(scores + r * capacity, g->visible[row + r], round_up(seen, LANES), scale);
        }
        const operand weights = read_operand(in_pairs, rows, seen, scores, capacity, pairs);
        multiply_rows(in_pairs, rows, seen, weights, values, capacity, width, false, g->out,
                      out_bf16, head * width + row * g->out_row, g->out_row);
      }
    }
  }
}

static void attention(const tk_attention_arguments *g) {
#if HAS_BF16
  if (g->bf16) {
    begin_tiles();
    attend(true, g);
    end_tiles();
    return;
  }
#endif
  attend(false, g);
}

INLINE void store_in_cache(const bool in_pairs, int64_t heads, int64_t width, int64_t capacity,
                           int64_t position, const float *k, const float *v, float *cache) {
  const int64_t rows = round_up(capacity, PANEL), padded = round_up(width, PANEL);
  const int64_t keys = rows * steps(in_pairs, width), values = steps(in_pairs, rows) * padded;
  for (int64_t head = 0; head < heads; head++) {
    float *own = cache + head * (keys + values);
    pack_columns(in_pairs, width, k + head * width, 0, position, 1, own);
    pack_rows(in_pairs, width, v + head * width, 0, position, 1, rows, own + keys);
    end_rows(in_pairs, width, position + 1, rows, own + keys);
  }
}

static void cache_store(int64_t heads, int64_t width, int64_t capacity, int64_t position,
                        const float *k, const float *v, bool bf16, float *cache) {
#if HAS_BF16
  if (bf16) return store_in_cache(true, heads, width, capacity, position, k, v, cache);
#endif
  store_in_cache(false, heads, width, capacity, position, k, v, cache);
}

INLINE void attend_to_cache(const bool in_pairs, const tk_cached_attention_arguments *g) {
  const int64_t width = g->head_width;
  const int64_t rows = round_up(g->capacity, PANEL), padded = round_up(width, PANEL);
  const int64_t keys = rows * steps(in_pairs, width), values = steps(in_pairs, rows) * padded;
  const float scale = 1.0f / sqrtf((float)width);
  tk_bf16 *out_bf16 = in_pairs ? g->out_bf16 : 0;
  float *scores = g->scratch, *pairs = scores + rows;
  for (int64_t i = 0; i < g->count; i++) {
    const int64_t seen = g->visible[i];
    for (int64_t head = 0; head < g->heads; head++) {
      const float *own = g->cache + (g->slots[i] * g->heads + head) * (keys + values);
      const float *q = g->q + i * g->q_row + head * width;
      multiply_columns(in_pairs, 1, width, read_operand(in_pairs, 1, width, q, 0, pairs), own, seen,
                       scores, rows);
      softmax_row(scores, seen, round_up(seen, LANES), scale);
      multiply_rows(in_pairs, 1, seen, read_operand(in_pairs, 1, seen, scores, 0, pairs),
                    own + keys, rows, width, false, g->out, out_bf16,
                    i * g->out_row + head * width, g->out_row);
    }
  }
}

static void cached_attention(const tk_cached_attention_arguments *g) {
#if HAS_BF16
  if (g->bf16) {
    begin_tiles();
    attend_to_cache(true, g);
    end_tiles();
    return;
  }
#endif
  attend_to_cache(false, g);
}
