// Kernels that work row by row: layer norm, cross-entropy, gathers and column sums.

// Rows that fill their vectors are read and written without a look at what is left.
INLINE vf load_row(const bool is_whole, const float *p, int64_t left) {
  return is_whole ? load(p) : load_partial(p, left);
}

typedef struct {
  int64_t width;
  const float *x;
  int64_t x_row;
  const float *gain, *bias;
  float epsilon;
  float *out;
  tk_bf16 *out_bf16;
  float *statistics;
} norm_arguments;

#define NORM_ROWS 4

/// Row r and those after it, `count` in all, which do not wait for each other's sums.
INLINE void normalize_rows(const bool is_whole, const int count, int64_t r,
                           const norm_arguments *g) {
  const int64_t width = g->width, x_row = g->x_row;
  const float inverse_width = 1.0f / (float)width;
  const float *x = g->x + r * x_row;
  vf sums[NORM_ROWS];
  float mean[NORM_ROWS], rate[NORM_ROWS];
  UNROLL for (int i = 0; i < count; i++) sums[i] = 0;
  for (int64_t j = 0; j < width; j += LANES) {
    UNROLL for (int i = 0; i < count; i++) {
      sums[i] += load_row(is_whole, x + i * x_row + j, width - j);
    }
  }
  UNROLL for (int i = 0; i < count; i++) {
    mean[i] = reduce_add(sums[i]) * inverse_width;
    sums[i] = 0;
  }
  for (int64_t j = 0; j < width; j += LANES) {
    UNROLL for (int i = 0; i < count; i++) {
      vf d = load_row(is_whole, x + i * x_row + j, width - j) - mean[i];
      if (!is_whole) d = keep(d, least(LANES, width - j));
      sums[i] = madd(d, d, sums[i]);
    }
  }
  UNROLL for (int i = 0; i < count; i++) {
    rate[i] = 1.0f / sqrtf(reduce_add(sums[i]) * inverse_width + g->epsilon);
    if (g->statistics) {
      g->statistics[2 * (r + i)] = mean[i];
      g->statistics[2 * (r + i) + 1] = rate[i];
    }
  }
  for (int64_t j = 0; j < width; j += LANES) {
    const int64_t left = is_whole ? LANES : width - j;
    const vf gain = load_partial(g->gain + j, left), bias = load_partial(g->bias + j, left);
    UNROLL for (int i = 0; i < count; i++) {
      const vf normal = (load_partial(x + i * x_row + j, left) - mean[i]) * rate[i];
      const vf y = madd(normal, gain, bias);
      const int64_t place = (r + i) * width + j;
#if HAS_BF16
      if (g->out_bf16) {
        store_rounded(g->out_bf16 + place, y, left);
        continue;
      }
#endif
      store_partial(g->out + place, y, left);
    }
  }
}

INLINE void normalize(const bool is_whole, int64_t rows, const norm_arguments *g) {
  int64_t r = 0;
  for (; r + NORM_ROWS <= rows; r += NORM_ROWS) normalize_rows(is_whole, NORM_ROWS, r, g);
  for (; r < rows; r++) normalize_rows(is_whole, 1, r, g);
}

/// `statistics` (mean, 1/deviation per row) may be NULL; the backward pass needs it.
static void layer_norm(int64_t rows, int64_t width, const float *x, int64_t x_row,
                       const float *gain, const float *bias, float epsilon, float *out,
                       tk_bf16 *out_bf16, float *statistics) {
  const norm_arguments g = {width, x, x_row, gain, bias, epsilon, out, out_bf16, statistics};
  if (width % LANES == 0) {
    normalize(true, rows, &g);
  } else {
    normalize(false, rows, &g);
  }
}

/// Adds to d_x, d_gain and d_bias.
static void layer_norm_backward(int64_t rows, int64_t width, const float *x, const float *gain,
                                const float *statistics, const float *d_out, float *d_x,
                                float *d_gain, float *d_bias) {
  const float inverse_width = 1.0f / (float)width;
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * width, *d = d_out + r * width;
    const float mean = statistics[2 * r], rate = statistics[2 * r + 1];
    vf total = 0, inner = 0;
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t left = width - j;
      vf normal = keep((load_partial(row + j, left) - mean) * rate, least(LANES, left));
      vf dy = load_partial(d + j, left);
      vf scaled = dy * load_partial(gain + j, left);
      total += scaled;
      inner = madd(scaled, normal, inner);
      store_partial(d_gain + j, madd(dy, normal, load_partial(d_gain + j, left)), left);
      store_partial(d_bias + j, load_partial(d_bias + j, left) + dy, left);
    }
    const vf average = reduce_add(total) * inverse_width;
    const vf slope = reduce_add(inner) * inverse_width;
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t left = width - j;
      vf normal = (load_partial(row + j, left) - mean) * rate;
      vf scaled = load_partial(d + j, left) * load_partial(gain + j, left);
      vf dx = (scaled - average - normal * slope) * rate;
      store_partial(d_x + r * width + j, load_partial(d_x + r * width + j, left) + dx, left);
    }
  }
}

/// losses[r] = weight (log sum exp - logit of the target); d_logits may be NULL.
static void cross_entropy(int64_t rows, int64_t classes, const float *logits,
                          const int32_t *targets, const float *weights, float *losses,
                          float *d_logits) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = logits + r * classes;
    vf largest = -INFINITY;
    for (int64_t j = 0; j < classes; j += LANES) {
      vf x = load_partial(row + j, classes - j);
      if (classes - j < LANES) {
        x = lane_indices() < (vi)(int32_t)(classes - j) ? x : (vf)-INFINITY;
      }
      largest = vmax(largest, x);
    }
    const float m = reduce_max(largest);
    vf total = 0;
    for (int64_t j = 0; j < classes; j += LANES) {
      vf e = vexp(load_partial(row + j, classes - j) - m);
      total += keep(e, least(LANES, classes - j));
    }
    const float sum = reduce_add(total);
    losses[r] = weights[r] * (m + logf(sum) - row[targets[r]]);
    if (d_logits) {
      float *d = d_logits + r * classes;
      const vf factor = weights[r] / sum;
      for (int64_t j = 0; j < classes; j += LANES) {
        store_partial(d + j, vexp(load_partial(row + j, classes - j) - m) * factor, classes - j);
      }
      d[targets[r]] -= weights[r];
    }
  }
}

static void gather(int64_t rows, int64_t width, const float *table, const int32_t *indices,
                   float *out) {
  for (int64_t r = 0; r < rows; r++) {
    memcpy(out + r * width, table + indices[r] * width, (size_t)width * sizeof(float));
  }
}

static void gather_add(int64_t rows, int64_t width, const float *table, const int32_t *indices,
                       float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const float *source = table + indices[r] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      vf v = load_partial(out + r * width + j, width - j) + load_partial(source + j, width - j);
      store_partial(out + r * width + j, v, width - j);
    }
  }
}

static void scatter_add(int64_t rows, int64_t width, const float *x, const int32_t *indices,
                        float *table) {
  for (int64_t r = 0; r < rows; r++) {
    float *target = table + indices[r] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      vf v = load_partial(target + j, width - j) + load_partial(x + r * width + j, width - j);
      store_partial(target + j, v, width - j);
    }
  }
}

/// Adds each column's sum, in row order, to `out`.
static void column_sums(int64_t rows, int64_t width, const float *x, int64_t x_row, float *out) {
  int64_t j = 0;
  // Whole lines of memory at a time.
  for (; j + 4 * LANES <= width; j += 4 * LANES) {
    vf total[4];
    UNROLL for (int i = 0; i < 4; i++) total[i] = load(out + j + i * LANES);
    for (int64_t r = 0; r < rows; r++) {
      UNROLL for (int i = 0; i < 4; i++) total[i] += load(x + r * x_row + j + i * LANES);
    }
    UNROLL for (int i = 0; i < 4; i++) store(out + j + i * LANES, total[i]);
  }
  for (; j < width; j += LANES) {
    vf total = load_partial(out + j, width - j);
    for (int64_t r = 0; r < rows; r++) total += load_partial(x + r * x_row + j, width - j);
    store_partial(out + j, total, width - j);
  }
}
