// Gradient of attention. Probabilities are computed again rather than kept: P is queries x keys of
// one head, in scratch. With dP = dO·Vᵀ and dS = P ∘ (dP - rowsum(P ∘ dP)) · scale:
//   dV = Pᵀ·dO    dQ = dS·K    dK = dSᵀ·Q

/// dS from P and dP, in place of dP.
INLINE void softmax_backward_row(const float *p, float *d, int64_t count, int64_t padded,
                                 float scale) {
  vf total = 0;
  for (int64_t j = 0; j < count; j += LANES) total = madd(load(p + j), load(d + j), total);
  const vf inner = reduce_add(total);
  for (int64_t j = 0; j < padded; j += LANES) {
    store(d + j, load(p + j) * (load(d + j) - inner) * scale);
  }
}

/// Adds Xᵀ·Y for the keys `first ..< first + count` to `out`, where X is queries x keys.
INLINE void add_transposed(const tk_attention_arguments *g, tk_sequence s, const float *x,
                           int64_t x_row, const float *y_panels, int64_t y_capacity, int64_t first,
                           int64_t count, float *out, int64_t out_row) {
  for (int64_t j = 0; j < count; j += TILE_ROWS) {
    // Queries that see none of these keys have zeros in their columns: start after them.
    int64_t start = 0;
    while (start < s.query_count && g->visible[s.query_start + start] <= first + j) start++;
    if (start == s.query_count) continue;
    multiply_rows(least(TILE_ROWS, count - j), s.query_count - start,
                  x + start * x_row + first + j, 1, x_row, y_panels + start * PANEL, y_capacity,
                  g->head_width, true, out + j * out_row, out_row);
  }
}

static void attention_backward(const tk_attention_arguments *g) {
  const int64_t width = g->head_width, capacity = longest_keys(g);
  const int64_t padded = round_up(width, PANEL);
  const float scale = 1.0f / sqrtf((float)width);
  int64_t queries = 0;
  for (int64_t s = 0; s < g->sequence_count; s++) {
    if (g->sequences[s].query_count > queries) queries = g->sequences[s].query_count;
  }
  float *key_columns = g->scratch;
  float *value_columns = key_columns + capacity * width;
  float *key_rows = value_columns + capacity * width;
  float *query_rows = key_rows + capacity * padded;
  float *d_out_rows = query_rows + queries * padded;
  float *p = d_out_rows + queries * padded;
  float *ds = p + queries * capacity;
  for (int64_t head = 0; head < g->heads; head++) {
    const int64_t offset = head * width;
    const float *q = g->q + offset, *k = g->k + offset, *v = g->v + offset;
    const float *d_out = g->d_out + offset;
    for (int64_t n = 0; n < g->sequence_count; n++) {
      const tk_sequence s = g->sequences[n];
      const int64_t prefix = s.prefix_count;
      if (!shares_prefix(g, n)) {
        const float *pk = k + s.prefix_start * g->k_row;
        pack_columns(width, pk, g->k_row, 0, prefix, key_columns);
        pack_rows(width, pk, g->k_row, 0, prefix, capacity, key_rows);
        pack_columns(width, v + s.prefix_start * g->v_row, g->v_row, 0, prefix, value_columns);
      }
      if (s.query_count == 0) continue;
      const float *own_k = k + s.key_start * g->k_row;
      pack_columns(width, own_k, g->k_row, prefix, s.key_count, key_columns);
      clear_columns(width, prefix + s.key_count, key_columns);
      pack_rows(width, own_k, g->k_row, prefix, s.key_count, capacity, key_rows);
      pack_columns(width, v + s.key_start * g->v_row, g->v_row, prefix, s.key_count,
                   value_columns);
      clear_columns(width, prefix + s.key_count, value_columns);
      pack_rows(width, q + s.query_start * g->q_row, g->q_row, 0, s.query_count, queries,
                query_rows);
      pack_rows(width, d_out + s.query_start * g->d_out_row, g->d_out_row, 0, s.query_count,
                queries, d_out_rows);
      const int64_t all = round_up(prefix + s.key_count, LANES);
      for (int64_t i = 0; i < s.query_count; i += TILE_ROWS) {
        const int64_t rows = least(TILE_ROWS, s.query_count - i), row = s.query_start + i;
        const int64_t seen = most_visible(g->visible + row, rows);
        float *p_i = p + i * capacity, *ds_i = ds + i * capacity;
        multiply_columns(rows, width, q + row * g->q_row, g->q_row, key_columns, seen, p_i,
                         capacity);
        multiply_columns(rows, width, d_out + row * g->d_out_row, g->d_out_row, value_columns,
                         seen, ds_i, capacity);
        const int64_t computed = round_up(seen, LANES);
        for (int64_t r = 0; r < rows; r++) {
          float *p_r = p_i + r * capacity, *ds_r = ds_i + r * capacity;
          softmax_row(p_r, g->visible[row + r], all, scale);
          softmax_backward_row(p_r, ds_r, g->visible[row + r], computed, scale);
          for (int64_t j = computed; j < all; j += LANES) store(ds_r + j, (vf)0);
        }
        multiply_rows(rows, seen, ds_i, capacity, 1, key_rows, capacity, width, false,
                      g->d_q + offset + row * g->d_q_row, g->d_q_row);
      }
      float *d_k = g->d_k + offset, *d_v = g->d_v + offset;
      add_transposed(g, s, p, capacity, d_out_rows, queries, 0, prefix,
                     d_v + s.prefix_start * g->d_v_row, g->d_v_row);
      add_transposed(g, s, p, capacity, d_out_rows, queries, prefix, s.key_count,
                     d_v + s.key_start * g->d_v_row, g->d_v_row);
      add_transposed(g, s, ds, capacity, query_rows, queries, 0, prefix,
                     d_k + s.prefix_start * g->d_k_row, g->d_k_row);
      add_transposed(g, s, ds, capacity, query_rows, queries, prefix, s.key_count,
                     d_k + s.key_start * g->d_k_row, g->d_k_row);
    }
  }
}
