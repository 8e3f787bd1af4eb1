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

/// Adds X·Y for the keys `first ..< first + count` to `out`, where X is keys x queries.
INLINE void add_transposed(const bool in_pairs, const tk_attention_arguments *g, tk_sequence s,
                           operand x, const float *y_panels, int64_t y_capacity, int64_t first,
                           int64_t count, float *out, int64_t out_row) {
  for (int64_t j = 0; j < count; j += tile_rows(in_pairs)) {
    // Queries that see none of these keys have zeros in their columns: start after them.
    int64_t start = 0;
    while (start < s.query_count && g->visible[s.query_start + start] <= first + j) start++;
    if (start == s.query_count) continue;
    if (in_pairs) start -= start % (2 * PAIR_BLOCK);
    const int64_t skipped = steps(in_pairs, start);
    const operand a = {x.base + skipped * x.column + (first + j) * x.row, x.row, x.column};
    multiply_rows(in_pairs, least(tile_rows(in_pairs), count - j), s.query_count - start, a,
                  y_panels + skipped * PANEL, y_capacity, g->head_width, true, out, 0, j * out_row,
                  out_row);
  }
}

/// The transpose of queries x keys.
INLINE operand read_transposed(const bool in_pairs, int64_t queries, int64_t keys, const float *x,
                               int64_t x_row, float *pairs) {
#if HAS_BF16
  if (in_pairs && HAS_TILES) {
    pair_down(queries, keys, x, x_row, steps(true, queries), pairs);
    return (operand){pairs, steps(true, queries), 1};
  }
  if (in_pairs) {
    pair_across(queries, keys, x, x_row, pairs, x_row);
    return (operand){pairs, 1, x_row};
  }
#endif
  return (operand){x, 1, x_row};
}

INLINE void attend_backward(const bool in_pairs, const tk_attention_arguments *g) {
  const int64_t width = g->head_width, capacity = longest_keys(g);
  const int64_t padded = round_up(width, PANEL);
  const float scale = 1.0f / sqrtf((float)width);
  int64_t queries = 0;
  for (int64_t s = 0; s < g->sequence_count; s++) {
    if (g->sequences[s].query_count > queries) queries = g->sequences[s].query_count;
  }
  const int64_t width_steps = steps(in_pairs, width);
  float *key_columns = g->scratch;
  float *value_columns = key_columns + capacity * width_steps;
  float *key_rows = value_columns + capacity * width_steps;
  float *query_rows = key_rows + steps(in_pairs, capacity) * padded;
  float *d_out_rows = query_rows + steps(in_pairs, queries) * padded;
  float *p = d_out_rows + steps(in_pairs, queries) * padded;
  float *ds = p + queries * capacity;
  float *pairs = ds + queries * capacity;
  for (int64_t head = 0; head < g->heads; head++) {
    const int64_t offset = head * width;
    const float *q = g->q + offset, *k = g->k + offset, *v = g->v + offset;
    const float *d_out = g->d_out + offset;
    for (int64_t n = 0; n < g->sequence_count; n++) {
      const tk_sequence s = g->sequences[n];
      const int64_t prefix = s.prefix_count;
      if (!shares_prefix(g, n)) {
        const float *pk = k + s.prefix_start * g->k_row;
        pack_columns(in_pairs, width, pk, g->k_row, 0, prefix, key_columns);
        pack_rows(in_pairs, width, pk, g->k_row, 0, prefix, capacity, key_rows);
        pack_columns(in_pairs, width, v + s.prefix_start * g->v_row, g->v_row, 0, prefix,
                     value_columns);
      }
      if (s.query_count == 0) continue;
      const float *own_k = k + s.key_start * g->k_row;
      pack_columns(in_pairs, width, own_k, g->k_row, prefix, s.key_count, key_columns);
      clear_columns(width_steps, prefix + s.key_count, key_columns);
      pack_rows(in_pairs, width, own_k, g->k_row, prefix, s.key_count, capacity, key_rows);
      end_rows(in_pairs, width, prefix + s.key_count, capacity, key_rows);
      pack_columns(in_pairs, width, v + s.key_start * g->v_row, g->v_row, prefix, s.key_count,
                   value_columns);
      clear_columns(width_steps, prefix + s.key_count, value_columns);
      pack_rows(in_pairs, width, q + s.query_start * g->q_row, g->q_row, 0, s.query_count, queries,
                query_rows);
      pack_rows(in_pairs, width, d_out + s.query_start * g->d_out_row, g->d_out_row, 0,
                s.query_count, queries, d_out_rows);
      end_rows(in_pairs, width, s.query_count, queries, query_rows);
      end_rows(in_pairs, width, s.query_count, queries, d_out_rows);
      const int64_t all = round_up(prefix + s.key_count, LANES);
      for (int64_t i = 0; i < s.query_count; i += tile_rows(in_pairs)) {
        const int64_t rows = least(tile_rows(in_pairs), s.query_count - i);
        const int64_t row = s.query_start + i;
        const int64_t seen = most_visible(g->visible + row, rows);
        float *p_i = p + i * capacity, *ds_i = ds + i * capacity;
        const operand queries_i =
            read_operand(in_pairs, rows, width, q + row * g->q_row, g->q_row, pairs);
        multiply_columns(in_pairs, rows, width, queries_i, key_columns, seen, p_i, capacity);
        const operand d_out_i =
            read_operand(in_pairs, rows, width, d_out + row * g->d_out_row, g->d_out_row, pairs);
        multiply_columns(in_pairs, rows, width, d_out_i, value_columns, seen, ds_i, capacity);
        const int64_t computed = round_up(seen, LANES);
        for (int64_t r = 0; r < rows; r++) {
          float *p_r = p_i + r * capacity, *ds_r = ds_i + r * capacity;
          softmax_row(p_r, g->visible[row + r], all, scale);
          softmax_backward_row(p_r, ds_r, g->visible[row + r], computed, scale);
          for (int64_t j = computed; j < all; j += LANES) store(ds_r + j, (vf)0);
        }
        multiply_rows(in_pairs, rows, seen,
                      read_operand(in_pairs, rows, seen, ds_i, capacity, pairs), key_rows, capacity,
                      width, false, g->d_q, 0, offset + row * g->d_q_row, g->d_q_row);
      }
      float *d_k = g->d_k + offset, *d_v = g->d_v + offset;
      const operand weights = read_transposed(in_pairs, s.query_count, all, p, capacity, pairs);
      add_transposed(in_pairs, g, s, weights, d_out_rows, queries, 0, prefix,
                     d_v + s.prefix_start * g->d_v_row, g->d_v_row);
      add_transposed(in_pairs, g, s, weights, d_out_rows, queries, prefix, s.key_count,
                     d_v + s.key_start * g->d_v_row, g->d_v_row);
      const operand slopes = read_transposed(in_pairs, s.query_count, all, ds, capacity, pairs);
      add_transposed(in_pairs, g, s, slopes, query_rows, queries, 0, prefix,
                     d_k + s.prefix_start * g->d_k_row, g->d_k_row);
      add_transposed(in_pairs, g, s, slopes, query_rows, queries, prefix, s.key_count,
                     d_k + s.key_start * g->d_k_row, g->d_k_row);
    }
  }
}

static void attention_backward(const tk_attention_arguments *g) {
#if HAS_BF16
  if (g->bf16) {
    begin_tiles();
    attend_backward(true, g);
    end_tiles();
    return;
  }
#endif
  attend_backward(false, g);
}
