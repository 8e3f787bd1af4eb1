// Elementwise kernels and whole-array sums.

#define FOR_LANES for (int64_t i = 0, left = n; i < n; i += LANES, left -= LANES)

static void add(int64_t n, const float *a, const float *b, float *out) {
  FOR_LANES store_partial(out + i, load_partial(a + i, left) + load_partial(b + i, left), left);
}

static void subtract(int64_t n, const float *a, const float *b, float *out) {
  FOR_LANES store_partial(out + i, load_partial(a + i, left) - load_partial(b + i, left), left);
}

static void multiply(int64_t n, const float *a, const float *b, float *out) {
  FOR_LANES store_partial(out + i, load_partial(a + i, left) * load_partial(b + i, left), left);
}

static void scale(int64_t n, float s, const float *a, float *out) {
  FOR_LANES store_partial(out + i, load_partial(a + i, left) * s, left);
}

/// out += a b
static void multiply_add(int64_t n, const float *a, const float *b, float *out) {
  FOR_LANES {
    vf v = madd(load_partial(a + i, left), load_partial(b + i, left), load_partial(out + i, left));
    store_partial(out + i, v, left);
  }
}

static void gelu(int64_t n, const float *x, float *out) {
  FOR_LANES store_partial(out + i, vgelu(load_partial(x + i, left)), left);
}

static void gelu_backward(int64_t n, const float *x, const float *d_out, float *d_x) {
  FOR_LANES {
    vf slope = vgelu_derivative(load_partial(x + i, left));
    store_partial(d_x + i, slope * load_partial(d_out + i, left), left);
  }
}

static void exponential(int64_t n, const float *x, float *out) {
  FOR_LANES store_partial(out + i, vexp(load_partial(x + i, left)), left);
}

static void sigmoid(int64_t n, const float *x, float *out) {
  FOR_LANES store_partial(out + i, vsigmoid(load_partial(x + i, left)), left);
}

static double sum(int64_t n, const float *x) {
  double total = 0;
  for (int64_t i = 0; i < n; i++) total += (double)x[i];
  return total;
}

static double sum_of_squares(int64_t n, const float *x) {
  double totals[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int64_t j = 0; j < 8; j++) totals[j] += (double)x[i + j] * (double)x[i + j];
  }
  for (int64_t j = 0; i + j < n; j++) totals[j] += (double)x[i + j] * (double)x[i + j];
  double total = 0;
  for (int64_t j = 0; j < 8; j++) total += totals[j];
  return total;
}

INLINE vf vsqrt(vf x) { return __builtin_elementwise_sqrt(x); }

static void adamw(int64_t n, const tk_adamw_arguments *g, const float *gradient, float *parameter,
                  float *first_moment, float *second_moment) {
  const float keep1 = 1.0f - g->beta1, keep2 = 1.0f - g->beta2;
  const float inverse1 = 1.0f / g->correction1, inverse2 = 1.0f / g->correction2;
  const float decay = 1.0f - g->learning_rate * g->weight_decay;
  FOR_LANES {
    vf d = load_partial(gradient + i, left) * g->gradient_scale;
    vf m = load_partial(first_moment + i, left) * g->beta1 + d * keep1;
    vf v = load_partial(second_moment + i, left) * g->beta2 + d * d * keep2;
    vf p = load_partial(parameter + i, left) * decay;
    p -= m * inverse1 * g->learning_rate / (vsqrt(v * inverse2) + g->epsilon);
    store_partial(first_moment + i, m, left);
    store_partial(second_moment + i, v, left);
    store_partial(parameter + i, p, left);
  }
}
