#!/usr/bin/env python3
"""Writes the expected values that the tests of distributions and special functions read.

    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1 scipy==1.17.1 numpy==2.4.6
    venv/bin/python Tests/ProbabilityTests/Oracles/generate.py

Every value comes from mpmath with 60 digits or more, by formulas that differ from those of the
sources where one can choose (sums of masses, hypergeometric series, determinants, numerical
derivatives). Where scipy has the distribution, the two must agree, which checks what the
parameters mean. Arguments are exact: doubles are not rounded again.
"""

import math
import pathlib

import mpmath
import numpy
import scipy.special
import scipy.stats
from mpmath import mp, mpf

mp.dps = 60
FOLDER = pathlib.Path(__file__).resolve().parent
INF = math.inf


def text(value):
  if isinstance(value, int):
    return str(value)
  value = float(value)
  return "inf" if value == INF else "-inf" if value == -INF else f"{value:.17g}"


def log(value):
  return -INF if value == 0 else mp.log(value)


class Table:
  def __init__(self, name):
    self.path = FOLDER / name
    self.rows = []

  def add(self, name, function, parameters, x, value):
    row = [name, function, " ".join(text(p) for p in parameters), text(x), text(value)]
    self.rows.append("\t".join(row))

  def write(self):
    self.path.write_text("\n".join(self.rows) + "\n", encoding="utf-8")
    print(self.path.name, len(self.rows))


# Incomplete functions as hypergeometric series of positive terms.


def series_p(a, x):
  """x^a e^-x / Γ(a+1) Σ xⁿ/(a+1)ₙ."""
  term = total = mpf(1)
  divisor, least = a, mpf(10) ** -mp.dps
  while term > least:
    divisor += 1
    term *= x / divisor
    total += term
  return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def fraction_q(a, x):
  """The continued fraction of Legendre, from its end, with ever more terms."""
  count, last = 64, None
  while True:
    value = x + 2 * count + 1 - a
    for n in range(count, 0, -1):
      value = x + 2 * n - 1 - a + n * (a - n) / value
    if last is not None and abs(value - last) < abs(value) * mpf(10) ** (8 - mp.dps):
      return mp.exp(a * mp.log(x) - x - mp.loggamma(a)) / value
    count, last = 2 * count, value


def gamma_tails(a, x):
  """P(a, x) and Q(a, x)."""
  a, x = mpf(a), mpf(x)
  if x <= 0:
    return mpf(0), mpf(1)
  if x > a + 20 * mp.sqrt(a) + 20:
    upper = fraction_q(a, x)
    return 1 - upper, upper
  # Enough digits that 1 − P is exact even in the far tail.
  lost = max(0, int((x - a - a * mp.log(x / a)) / mp.log(10))) + 20
  with mp.workdps(60 + lost):
    p = series_p(a, x)
    return +p, 1 - p


def beta_lower(a, b, x):
  value = mp.exp(
    a * mp.log(x) + b * mp.log1p(-x) - mp.log(a)
    - (mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)))
  # 2F1(a + b, 1; a + 1; x).
  term = total = mpf(1)
  top, bottom, least = a + b, a + 1, mpf(10) ** -mp.dps
  while term > least or top * x > bottom:
    term *= top / bottom * x
    total += term
    top += 1
    bottom += 1
  return value * total


def beta_tails(a, b, x):
  """I_x(a, b) and its complement."""
  a, b, x = mpf(a), mpf(b), x * mpf(1)
  if x <= 0:
    return mpf(0), mpf(1)
  if x >= 1:
    return mpf(1), mpf(0)
  if x > mpf(1) / 2:
    return beta_tails(b, a, 1 - x)[::-1]
  # The series of the side on which it has few terms, with digits for the other side.
  for digits in [60, 120, 500]:
    with mp.workdps(digits):
      lower = beta_lower(a, b, x)
      if 1 - lower > mpf(10) ** (20 - digits // 2):
        return lower, 1 - lower
  raise ValueError(f"the upper tail of beta({a}, {b}) at {x} is too small")


def sum_tails(mass, k):
  """The tails of a sum of masses, with digits for small upper tails."""
  with mp.workdps(90):
    lower = mp.fsum(mass(j) for j in range(0, k + 1))
    return +lower, 1 - lower


# Continuous distributions: name, log-density, tails, parameters, places.


def normal_tails(z):
  return mp.erfc(-z / mp.sqrt(2)) / 2, mp.erfc(z / mp.sqrt(2)) / 2


def normal(mean, variance):
  m, v = mpf(mean), mpf(variance)
  return (
    lambda x: -((x - m) ** 2) / (2 * v) - mp.log(2 * mp.pi * v) / 2,
    lambda x: normal_tails((x - m) / mp.sqrt(v)),
    scipy.stats.norm(mean, math.sqrt(variance)))


def log_normal(mean, variance):
  m, v = mpf(mean), mpf(variance)
  return (
    lambda x: -((mp.log(x) - m) ** 2) / (2 * v) - mp.log(2 * mp.pi * v) / 2 - mp.log(x),
    lambda x: normal_tails((mp.log(x) - m) / mp.sqrt(v)),
    scipy.stats.lognorm(math.sqrt(variance), scale=math.exp(mean)))


def gamma(shape, rate):
  a, b = mpf(shape), mpf(rate)
  return (
    lambda x: a * mp.log(b) + (a - 1) * mp.log(x) - b * x - mp.loggamma(a),
    lambda x: gamma_tails(a, b * x), scipy.stats.gamma(shape, scale=1 / rate))


def inverse_gamma(shape, scale):
  a, s = mpf(shape), mpf(scale)
  return (
    lambda x: a * mp.log(s) - (a + 1) * mp.log(x) - s / x - mp.loggamma(a),
    lambda x: gamma_tails(a, s / x)[::-1], scipy.stats.invgamma(shape, scale=scale))


def exponential(rate):
  r = mpf(rate)
  return (
    lambda x: mp.log(r) - r * x, lambda x: (-mp.expm1(-r * x), mp.exp(-r * x)),
    scipy.stats.expon(scale=1 / rate))


def uniform(lower, upper):
  a, b = mpf(lower), mpf(upper)
  return (
    lambda x: -mp.log(b - a) + 0 * x, lambda x: ((x - a) / (b - a), (b - x) / (b - a)),
    scipy.stats.uniform(lower, upper - lower))


def beta(alpha, beta_):
  a, b = mpf(alpha), mpf(beta_)
  return (
    lambda x: (a - 1) * mp.log(x) + (b - 1) * mp.log1p(-x)
    - (mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)),
    lambda x: beta_tails(a, b, x), scipy.stats.beta(alpha, beta_))


def student(nu, location, scale):
  n, l, s = mpf(nu), mpf(location), mpf(scale)

  def tails(x):
    t = (x - l) / s
    with mp.workdps(80):
      tail = beta_tails(n / 2, mpf(1) / 2, n / (n + t * t))[0] / 2
    return (tail, 1 - tail) if t < 0 else (1 - tail, tail)

  return (
    lambda x: mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2) - mp.log(n * mp.pi) / 2 - mp.log(s)
    - (n + 1) / 2 * mp.log1p(((x - l) / s) ** 2 / n),
    tails, scipy.stats.t(nu, location, scale))


def laplace(location, scale):
  l, s = mpf(location), mpf(scale)

  def tails(x):
    tail = mp.exp(-abs(x - l) / s) / 2
    return (tail, 1 - tail) if x < l else (1 - tail, tail)

  return (
    lambda x: -abs(x - l) / s - mp.log(2 * s), tails, scipy.stats.laplace(location, scale))


def logistic(location, scale):
  l, s = mpf(location), mpf(scale)
  return (
    lambda x: -(x - l) / s - 2 * mp.log1p(mp.exp(-(x - l) / s)) - mp.log(s),
    lambda x: (1 / (1 + mp.exp(-(x - l) / s)), 1 / (1 + mp.exp((x - l) / s))),
    scipy.stats.logistic(location, scale))


def weibull(shape, scale):
  k, s = mpf(shape), mpf(scale)
  return (
    lambda x: mp.log(k / s) + (k - 1) * mp.log(x / s) - (x / s) ** k,
    lambda x: (-mp.expm1(-((x / s) ** k)), mp.exp(-((x / s) ** k))),
    scipy.stats.weibull_min(shape, scale=scale))


def pareto(shape, minimum):
  a, m = mpf(shape), mpf(minimum)
  return (
    lambda x: mp.log(a) + a * mp.log(m) - (a + 1) * mp.log(x),
    lambda x: (1 - (m / x) ** a, (m / x) ** a), scipy.stats.pareto(shape, scale=minimum))


def lomax(shape, scale):
  a, s = mpf(shape), mpf(scale)
  return (
    lambda x: mp.log(a / s) - (a + 1) * mp.log(1 + x / s),
    lambda x: (1 - (1 + x / s) ** -a, (1 + x / s) ** -a), scipy.stats.lomax(shape, scale=scale))


def truncated_normal(mean, variance, low, high):
  m, v = mpf(mean), mpf(variance)
  d = mp.sqrt(v)

  def mass(a, b):
    """P(a < Z < b), from the side on which both tails are small."""
    if a > 0:
      return mass(-b, -a)
    with mp.workdps(120):
      return normal_tails(b)[0] - normal_tails(a)[0]

  z = lambda x: (mpf(x) - m) / d
  total = mass(z(low), z(high))
  frozen = scipy.stats.truncnorm(
    (low - mean) / math.sqrt(variance), (high - mean) / math.sqrt(variance), mean,
    math.sqrt(variance))
  return (
    lambda x: -((x - m) ** 2) / (2 * v) - mp.log(2 * mp.pi * v) / 2 - mp.log(total),
    lambda x: (mass(z(low), z(x)) / total, mass(z(x), z(high)) / total), frozen)


def normal_mixture(w, mean1, variance1, mean2, variance2):
  w = mpf(w)
  one, two = normal(mean1, variance1), normal(mean2, variance2)
  mix = lambda a, b: w * a + (1 - w) * b
  return (
    lambda x: mp.log(mix(mp.exp(one[0](x)), mp.exp(two[0](x)))),
    lambda x: tuple(mix(a, b) for a, b in zip(one[1](x), two[1](x))), None)


CONTINUOUS = [
  ("Normal", normal, [
    ((0.0, 1.0), [-1e5, -45.0, -38.5, -37.4, -10.5, -9.9, -5.0, -1.0, -1e-9, 0.0, 0.3, 2.0, 8.5,
                  15.0, 40.0, 1e5]),
    ((3.5, 0.01), [-2.0, 3.0, 3.5, 3.62, 5.0]), ((-1e8, 1e-6), [-1e8 + 0.001, -1e8 - 0.004]),
    ((1.0, 1e12), [-4e6, 0.0, 2e6])]),
  ("LogNormal", log_normal, [
    ((0.0, 1.0), [1e-300, 1e-5, 0.5, 1.0, 3.0, 1e6, 1e200]), ((-2.0, 0.09), [0.05, 0.13, 0.2, 1.0]),
    ((5.0, 25.0), [1e-9, 3.0, 148.0, 1e9])]),
  ("Gamma", gamma, [
    ((1e-8, 2.0), [1e-300, 1e-5, 0.3, 0.549, 0.56, 4.0, 30.0]),
    ((0.003, 1.0), [1e-250, 1e-9, 0.5, 1.05, 1.2, 8.0]), ((0.5, 1.0), [1e-12, 0.1, 1.0, 5.0, 600.0]),
    ((0.99, 3.0), [1e-6, 0.2, 0.36, 0.37, 2.0]), ((1.0, 0.25), [1e-9, 1.0, 4.0, 100.0]),
    ((1.7, 10.0), [1e-9, 0.05, 0.169, 0.171, 1.0, 7.0]), ((9.99, 1.0), [0.5, 9.0, 10.5, 40.0]),
    ((10.0, 2.0), [1e-3, 0.7, 5.0, 20.0, 200.0]), ((100.5, 1e-5), [4e6, 9.9e6, 1.02e7, 2e7]),
    ((12345.0, 1.0), [11000.0, 12344.0, 12500.0, 14500.0]),
    ((99999.0, 1.0), [98000.0, 99998.5, 100100.0, 103000.0]),
    ((100000.0, 1.0), [88000.0, 91000.0, 98700.0, 99999.0, 100000.0, 100003.0, 101500.0, 109000.0,
                       112000.0]),
    ((3e6, 0.5), [5.9e6, 5.99e6, 6e6, 6.002e6, 6.1e6]), ((1e8, 1e8), [0.9997, 1.0, 1.0002])]),
  ("InverseGamma", inverse_gamma, [
    ((0.4, 1.0), [1e-2, 0.7, 5.0, 1e9]), ((3.0, 2.0), [0.02, 0.4, 1.0, 50.0]),
    ((12.0, 1e6), [1e4, 9e4, 2e5, 1e7]), ((5000.0, 1.0), [1.9e-4, 2e-4, 2.1e-4])]),
  ("Exponential", exponential, [((1.0,), [1e-20, 0.5, 3.0, 900.0]), ((1e-5,), [1.0, 7e4, 2e6])]),
  ("Uniform", uniform, [((0.0, 1.0), [1e-9, 0.25, 0.999]), ((-3.0, 5e5), [-2.5, 1e5, 4.9e5])]),
  ("Beta", beta, [
    ((1e-5, 1e-5), [1e-200, 1e-9, 0.4, 0.6, 0.999]), ((0.5, 0.5), [1e-9, 0.2, 0.5, 0.9]),
    ((1e-3, 4.0), [1e-100, 1e-4, 0.3, 0.7]), ((3.0, 1e-4), [0.1, 0.7, 0.99999]),
    ((0.7, 500.0), [1e-7, 1e-3, 5e-3, 0.02, 0.2]), ((1.0, 3.0), [1e-9, 0.1, 0.8]),
    ((2.0, 1.0), [1e-9, 0.3, 0.9]), ((9.9, 20.0), [0.01, 0.33, 0.7]),
    ((30.0, 10.0), [0.3, 0.74, 0.9, 0.999]), ((1e4, 2e4), [0.31, 0.333, 0.34, 0.36]),
    ((2.5, 1e6), [1e-8, 2e-6, 2e-5]), ((1e6, 3e5), [0.767, 0.7692, 0.771])]),
  ("StudentT", student, [
    ((0.02, 0.0, 1.0), [-1e200, -1e9, -0.1, 0.0, 3.0, 1e160]),
    ((1.0, 0.0, 1.0), [-1e6, -2.0, -1e-3, 0.0, 0.5, 30.0]),
    ((2.5, 3.0, 0.1), [2.0, 2.95, 3.01, 3.5, 1e3]), ((30.0, 0.0, 2.0), [-40.0, -3.0, 0.2, 9.0]),
    ((1e6, 0.0, 1.0), [-9.0, -1.0, 0.1, 4.0, 12.0]), ((1e12, 0.0, 1.0), [-8.0, 0.7, 3.0])]),
  ("Laplace", laplace, [((0.0, 1.0), [-800.0, -1.0, -1e-9, 0.6, 50.0]), ((4.0, 0.01), [3.9, 4.02])]),
  ("Logistic", logistic, [
    ((0.0, 1.0), [-800.0, -3.0, 0.0, 0.4, 60.0]), ((-7.0, 20.0), [-300.0, -8.0, 90.0])]),
  ("Weibull", weibull, [
    ((0.3, 2.0), [1e-30, 1e-3, 1.0, 900.0]), ((1.0, 0.5), [1e-6, 0.3, 4.0]),
    ((7.5, 100.0), [1.0, 60.0, 99.0, 140.0])]),
  ("Pareto", pareto, [((0.1, 1.0), [1.0001, 50.0, 1e30]), ((4.0, 25.0), [25.5, 31.0, 900.0])]),
  ("Lomax", lomax, [((0.2, 3.0), [1e-9, 4.0, 1e20]), ((6.0, 0.5), [1e-5, 0.06, 2.0])]),
  ("TruncatedNormal", truncated_normal, [
    ((0.0, 1.0, -1.0, 2.0), [-0.99, -0.2, 0.0, 1.5, 1.9999]),
    ((1.0, 4.0, 5.0, INF), [5.0001, 6.0, 12.0]), ((0.0, 1.0, -INF, 3.0), [-12.0, 0.1, 2.9]),
    ((0.0, 1.0, 9.0, 9.5), [9.01, 9.2, 9.45]), ((0.0, 1.0, 40.0, INF), [40.001, 40.02, 41.0]),
    ((0.0, 1.0, -60.0, -50.0), [-51.0, -50.02]), ((0.0, 1.0, 0.5, 0.500001), [0.5000002, 0.5000007]),
    ((0.0, 1.0, -0.4, -0.1), [-0.35, -0.2]), ((0.0, 1.0, -INF, INF), [-3.0, 0.5]),
    ((2.0, 9.0, -100.0, 2.5), [-20.0, 1.0, 2.4])]),
  ("NormalMixture", normal_mixture, [
    ((0.25, -3.0, 1.0, 4.0, 0.5), [-9.0, -3.0, 0.7, 4.1, 12.0]),
    ((0.5, 0.0, 1.0, 0.1, 100.0), [-50.0, -1.0, 0.05, 30.0])]),
]


def continuous():
  table = Table("continuous.tsv")
  for name, make, cases in CONTINUOUS:
    for parameters, places in cases:
      density, tails, reference = make(*parameters)
      for place in places:
        x = mpf(place)
        lower, upper = tails(x)
        table.add(name, "logDensity", parameters, place, density(x))
        table.add(name, "logCDF", parameters, place, mp.log1p(-upper) if upper < 0.5 else log(lower))
        table.add(
          name, "logSurvival", parameters, place, mp.log1p(-lower) if lower < 0.5 else log(upper))
        if not (name == "Laplace" and place == parameters[0]):
          step = min(abs(x) if x else 1, mpf(1)) * mpf(10) ** -15
          if x in (0, 1) or abs(place) > 1e100:
            slope = mp.diff(density, x)
          else:
            slope = (density(x + step) - density(x - step)) / (2 * step)
            half = step / 2
            slope = (4 * (density(x + half) - density(x - half)) / (2 * half) - slope) / 3
          table.add(name, "gradient", parameters, place, slope)
        # The double next to the CDF, and the quantile of exactly that double.
        p = float(lower)
        if 1e-300 < p < 1 - 1e-12:
          quantile = x + (mpf(p) - lower) / mp.exp(density(x))
          table.add(name, "quantile", parameters, p, quantile)
        if reference is not None and abs(density(x)) < 600:
          agree(reference.logpdf(place), density(x), 1e-6, (name, parameters, place))
          if 1e-8 < lower < 1 - 1e-8 and max(abs(p) for p in parameters if p < INF) < 1e6:
            agree(reference.cdf(place), lower, 1e-6, (name, parameters, place))
  table.write()


def agree(value, truth, tolerance, what):
  if not abs(value - float(truth)) <= tolerance * max(1, abs(float(truth))):
    raise AssertionError(f"scipy has {value}, mpmath {float(truth)} for {what}")


# Discrete distributions: mass, tails (or None for the sum), scipy, parameters, places.


def choose(n, k):
  return mp.binomial(n, k)


def binomial(count, p):
  q = mpf(p)

  def mass(k):
    if count > 2000:
      return mp.exp(
        mp.loggamma(count + 1) - mp.loggamma(k + 1) - mp.loggamma(count - k + 1)
        + (k * mp.log(q) if k else 0) + ((count - k) * mp.log1p(-q) if k < count else 0))
    return choose(count, k) * q**k * (1 - q) ** (count - k)

  def tails(k):
    if k >= count:
      return mpf(1), mpf(0)
    if count <= 2000:
      return sum_tails(mass, k)
    return beta_tails(count - k, k + 1, 1 - q)

  return mass, tails, scipy.stats.binom(count, p)


def negative_binomial(r, p):
  s, q = mpf(r), mpf(p)
  mass = lambda k: mp.exp(
    mp.loggamma(s + k) - mp.loggamma(s) - mp.loggamma(k + 1) + s * mp.log(q)
    + (k * mp.log1p(-q) if k else 0))
  tails = lambda k: sum_tails(mass, k) if k <= 5000 else beta_tails(s, k + 1, q)
  return mass, tails, scipy.stats.nbinom(r, p)


def geometric(p):
  q = mpf(p)
  return (
    lambda k: q * (1 - q) ** k, lambda k: (1 - (1 - q) ** (k + 1), (1 - q) ** (k + 1)),
    scipy.stats.geom(p, loc=-1))


def poisson(rate):
  r = mpf(rate)
  mass = lambda k: mp.exp((k * mp.log(r) if k else 0) - r - mp.loggamma(k + 1))
  tails = lambda k: sum_tails(mass, k) if k <= 5000 else gamma_tails(k + 1, r)[::-1]
  return mass, tails, scipy.stats.poisson(rate)


def beta_binomial(count, alpha, beta_):
  a, b = mpf(alpha), mpf(beta_)
  mass = lambda k: mp.exp(
    mp.loggamma(count + 1) - mp.loggamma(k + 1) - mp.loggamma(count - k + 1) + mp.loggamma(k + a)
    + mp.loggamma(count - k + b) - mp.loggamma(count + a + b) - mp.loggamma(a) - mp.loggamma(b)
    + mp.loggamma(a + b))
  tails = lambda k: sum_tails(mass, k) if k < count else (mpf(1), mpf(0))
  return mass, tails, scipy.stats.betabinom(count, alpha, beta_)


def beta_negative_binomial(r, alpha, beta_):
  s, a, b = mpf(r), mpf(alpha), mpf(beta_)
  mass = lambda k: mp.exp(
    mp.loggamma(s + k) - mp.loggamma(s) - mp.loggamma(k + 1) + mp.loggamma(a + s)
    + mp.loggamma(b + k) - mp.loggamma(a + b + s + k) - mp.loggamma(a) - mp.loggamma(b)
    + mp.loggamma(a + b))
  return mass, lambda k: sum_tails(mass, k), scipy.stats.betanbinom(r, alpha, beta_)


def uniform_integer(lower, upper):
  n = mpf(upper - lower + 1)
  return (
    lambda k: 1 / n, lambda k: ((k - lower + 1) / n, (upper - k) / n),
    scipy.stats.randint(lower, upper + 1))


def restaurant(discount, concentration, *counts):
  d, c = mpf(discount), mpf(concentration)
  total = c + sum(counts)
  masses = [(n - d) / total for n in counts] + [(c + d * len(counts)) / total]
  return lambda k: masses[k], lambda k: (mp.fsum(masses[: k + 1]), mp.fsum(masses[k + 1 :])), None


def chinese_restaurant(concentration, *counts):
  return restaurant(0.0, concentration, *counts)


def categorical(*probabilities):
  masses = [mpf(p) for p in probabilities]
  return lambda k: masses[k], lambda k: (mp.fsum(masses[: k + 1]), mp.fsum(masses[k + 1 :])), None


def token_logits(*weights):
  masses = [mp.exp(mpf(float(numpy.float32(w)))) for w in weights]
  return categorical(*[m / mp.fsum(masses) for m in masses])


def poisson_mixture(w, one, two):
  w = mpf(w)
  a, b = poisson(one), poisson(two)
  return (
    lambda k: w * a[0](k) + (1 - w) * b[0](k),
    lambda k: tuple(w * s + (1 - w) * t for s, t in zip(a[1](k), b[1](k))), None)


DISCRETE = [
  ("Binomial", binomial, [
    ((1, 0.3), [0, 1]), ((20, 0.05), [0, 1, 3, 20]), ((20, 0.95), [0, 10, 19, 20]),
    ((500, 0.4), [0, 100, 199, 201, 300, 500]), ((1000, 1e-9), [0, 1, 2]),
    ((10**6, 0.3), [0, 298000, 300000, 301000, 10**6]), ((10**9, 2e-9), [0, 2, 9]),
    ((10**8, 0.25), [25000000, 25005000])]),
  ("NegativeBinomial", negative_binomial, [
    ((1.0, 0.3), [0, 2, 40]), ((0.01, 0.5), [0, 1, 30]), ((5.5, 0.1), [0, 20, 49, 300]),
    ((3000.0, 0.75), [800, 1010]), ((2.0, 1e-6), [0, 10**6, 4 * 10**6]),
    ((1e8, 0.999999), [50, 100, 180])]),
  ("Geometric", geometric, [((0.2,), [0, 1, 5, 400]), ((1e-9,), [0, 10**9]), ((0.999,), [0, 3])]),
  ("Poisson", poisson, [
    ((1e-9,), [0, 1, 3]), ((0.7,), [0, 1, 9]), ((9.5,), [0, 8, 10, 40]), ((30.0,), [3, 29, 31, 90]),
    ((1000.0,), [800, 999, 1000, 1200]), ((1e6,), [995000, 10**6, 1004000]),
    ((1e8,), [10**8, 10**8 + 30000])]),
  ("BetaBinomial", beta_binomial, [
    ((10, 0.5, 0.7), [0, 3, 10]), ((10, 1e-6, 1e-6), [0, 5, 10]), ((200, 30.0, 2.5), [60, 190, 200]),
    ((1000, 1e6, 2e6), [250, 333, 380]), ((10**4, 3.0, 5.0), [5, 700])]),
  ("BetaNegativeBinomial", beta_negative_binomial, [
    ((3.0, 2.0, 4.0), [0, 3, 100]), ((1.0, 0.5, 0.5), [0, 2, 1000]), ((2.5, 3.0, 1.5), [0, 1, 9]),
    ((40.0, 1e5, 3e5), [60, 119, 200])]),
  ("UniformInteger", uniform_integer, [((-3, 5), [-3, 0, 5]), ((7, 7), [7]), ((0, 10**15), [0, 9])]),
  ("PitmanYor", restaurant, [
    ((0.3, 1.5, 4, 1, 2), [0, 1, 2, 3]), ((0.5, -0.25, 1), [0, 1]), ((0.0, 2.0, 3, 3), [0, 2])]),
  ("ChineseRestaurant", chinese_restaurant, [((0.7, 5, 1), [0, 1, 2])]),
  ("Categorical", categorical, [((0.25, 0.0, 0.5, 0.25), [0, 1, 2, 3]), ((1.0,), [0])]),
  ("TokenLogits", token_logits, [
    ((0.5, -1.25, 3.0, 80.0), [0, 1, 2, 3]), ((-200.0, -200.5), [0, 1])]),
  ("PoissonMixture", poisson_mixture, [((0.3, 2.0, 25.0), [0, 3, 20, 60])]),
]


def discrete():
  table = Table("discrete.tsv")
  for name, make, cases in DISCRETE:
    for parameters, places in cases:
      mass, tails, reference = make(*parameters)
      for k in places:
        # Differences of large log-gammas lose digits.
        with mp.workdps(100):
          value = mass(k)
          lower, upper = tails(k)
        table.add(name, "logDensity", parameters, k, log(value))
        table.add(
          name, "logCDF", parameters, k, mp.log1p(-upper) if 0 < upper < 0.5 else log(lower))
        if upper <= 0:
          upper = mpf(0)
        table.add(
          name, "logSurvival", parameters, k, mp.log1p(-lower) if lower < 0.5 else log(upper))
        if reference is not None and value > 1e-200:
          agree(reference.logpmf(k), log(value), 1e-5, (name, parameters, k))
          agree(reference.cdf(k), lower, 1e-6, (name, parameters, k))
  table.write()


# Special functions.


def special():
  table = Table("special.tsv")
  # Around the zeros 1 and 2, and where Stirling's series takes over at 10.
  for x in [1e-300, 1e-10, 0.1, 0.999, 1.0, 1.5, 2.0, 3.7, 9.99, 10.0, 10.01, 50.5, 1e5, 1e15, 1e300]:
    table.add("logGamma", "-", [], x, mp.loggamma(mpf(x)))
    if x < 1e200:
      stirling = mp.loggamma(mpf(x)) - (
        (mpf(x) - 0.5) * mp.log(mpf(x)) - mpf(x) + mp.log(2 * mp.pi) / 2)
      table.add("stirlingError", "-", [], x, stirling)
  for x in [-0.5, -2.75, -20.1]:
    table.add("logGamma", "-", [], x, mp.log(abs(mp.gamma(mpf(x)))))
  for x in [-30.3, -2.5, -0.001, 1e-300, 1e-5, 0.3, 1.0, 1.4616321449683623, 4.0, 9.999, 10.0, 77.0, 1e8,
            1e300]:
    if x != 1e-300:
      table.add("trigamma", "-", [], x, mp.psi(1, mpf(x)))
    table.add("digamma", "-", [], x, mp.psi(0, mpf(x)))
  for x in [1e-12, 1e-5, 0.3, 1.0, 5.0, 9.9, 10.0, 200.0, 1e6, 1e12]:
    for step in [1e-14, 1e-6, 0.01, 0.099, 0.11, 0.5, 3.0, 40.0, 1e7]:
      with mp.workdps(100):
        table.add(
          "logRising", "-", [x], step, mp.loggamma(mpf(x) + mpf(step)) - mp.loggamma(mpf(x)))
  sizes = [1e-200, 1e-9, 0.2, 1.0, 7.0, 9.99, 10.0, 33.0, 4e4, 1e9, 1e15]
  for a in sizes:
    for b in sizes:
      with mp.workdps(100):
        value = mp.loggamma(mpf(a)) + mp.loggamma(mpf(b)) - mp.loggamma(mpf(a) + mpf(b))
      table.add("logBeta", "-", [a], b, value)
  for n, k in [(5.0, 2.0), (5.0, 0.0), (5.0, 5.0), (60.0, 30.0), (1e6, 3.0), (1e6, 4e5), (1e12, 5e11),
               (2.5, 1.2)]:
    with mp.workdps(100):
      value = mp.loggamma(mpf(n) + 1) - mp.loggamma(mpf(k) + 1) - mp.loggamma(mpf(n) - mpf(k) + 1)
    table.add("logBinomialCoefficient", "-", [n], k, value)
  for a, d in [(0.7, 1), (3.0, 4), (0.51, 2), (100.0, 10), (5.5, 0)]:
    value = mpf(d * (d - 1)) / 4 * mp.log(mp.pi)
    value += mp.fsum(mp.loggamma(mpf(a) - mpf(j) / 2) for j in range(d))
    agree(scipy.special.multigammaln(a, d) if d else 0, value, 1e-10, (a, d))
    table.add("multivariateLogGamma", "-", [d], a, value)
  for x in [-1e-300, -1e-9, -0.5, -0.69, -0.7, -3.0, -50.0, -700.0]:
    table.add("logOneMinusExp", "-", [], x, mp.log(-mp.expm1(mpf(x))))
  for x in [-1e8, -500.0, -38.6, -37.0, -20.0, -10.01, -9.99, -6.0, -1.0, -0.1, 0.0, 0.5, 3.0, 8.0, 9.5]:
    lower, upper = normal_tails(mpf(x))
    value = mp.log1p(-upper) if upper < 0.5 else mp.log(lower)
    table.add("logNormalCDF", "-", [], x, value)
    if x > -38:
      table.add("normalCDF", "-", [], x, lower)
  for a, b in [(-1.0, 2.0), (0.3, 0.30000001), (0.3, 0.75), (0.3, 0.85), (5.0, 5.5), (-9.0, -8.0),
               (30.0, 31.0), (-INF, -40.0), (50.0, INF), (-INF, INF), (-INF, 1.0), (-0.25, 0.25),
               (-1e-300, 1e-300), (-8.0, 12.0), (1e4, 1e4 + 1e-9), (-0.3, 0.1)]:
    with mp.workdps(120):
      a_, b_ = (-mpf(b), -mpf(a)) if a > 0 else (mpf(a), mpf(b))
      value = normal_tails(b_)[0] - normal_tails(a_)[0]
      if value > 0.5:
        value = 1 - (normal_tails(b_)[1] + normal_tails(a_)[0])
      value = mp.log(value)
      if abs(mpf(b) - mpf(a)) < mpf(10) ** -200:
        value = mp.log(mpf(b) - mpf(a)) - mp.log(2 * mp.pi) / 2
    table.add("logNormalProbability", "-", [a], b, value)
  # x is found from log p by Newton's method, with p an exact double.
  for p in [1e-320, 1e-300, 1e-100, 1e-20, 1.4e-11, 1.3e-11, 1e-5, 0.02, 0.0749, 0.0751, 0.3, 0.5, 0.6,
            0.92, 0.93, 0.9999, 1 - 2.0**-53]:
    x = normal_quantile(mp.log(mpf(p)))
    table.add("normalQuantile", "-", [], p, x)
  for log_p in [-1e10, -1e5, -800.0, -729.1, -728.9, -300.0, -25.1, -24.9, -2.7, -2.5, -1.0, -0.0701,
                -0.0699, -1e-5, -1e-300]:
    table.add("normalQuantileLog", "-", [], log_p, normal_quantile(mpf(log_p)))
  # Every branch of P and Q: series, fraction, small shape, expansion, and their seams.
  for a in [1e-12, 1e-3, 0.2, 0.999, 1.0, 1.5, 8.0, 50.0, 999.0, 99999.0, 100001.0, 1e7]:
    for ratio in [1e-100, 1e-3, 0.5, 0.89, 0.9001, 0.97, 0.999, 1.0, 1.001, 1.03, 1.0999, 1.11, 2.0, 30.0]:
      x = a * ratio if a > 0.5 else ratio * 1.1
      if a > 2000 and not 0.85 < ratio < 1.2:
        continue
      lower, upper = gamma_tails(a, x)
      table.add("logGammaP", "-", [a], x, log(lower) if lower < 0.5 else mp.log1p(-upper))
      table.add("logGammaQ", "-", [a], x, log(upper) if upper < 0.5 else mp.log1p(-lower))
  for a, b in [(1e-9, 1e-9), (1e-6, 2.0), (0.3, 0.3), (0.9, 50.0), (0.5, 1e8), (1.0, 1.0), (2.0, 7.5),
               (20.0, 0.01), (300.0, 200.0), (1e5, 10.0), (1e5, 1e5), (1e6, 3e6)]:
    mean = a / (a + b)
    deviation = math.sqrt(mean * (1 - mean) / (a + b + 1))
    for x in sorted({mean * 1e-3, mean * 0.5, mean, (1 + mean) / 2, 0.9999, mean + deviation,
                     mean - 3 * deviation, mean + 6 * deviation}):
      if not 0 < x < 1 or (a + b > 1e6 and abs(x - mean) > 10 * deviation):
        continue
      lower, upper = beta_tails(a, b, x)
      table.add("logBetaI", "-", [a, b], x, log(lower) if lower < 0.5 else mp.log1p(-upper))
      table.add("logBetaIComplement", "-", [a, b], x, log(upper) if upper < 0.5 else mp.log1p(-lower))
  for a in [0.05, 0.7, 1.0, 4.0, 300.0, 2e5]:
    for x in [0.1, 0.6, 1.0, 1.4, 3.0]:
      lower, _ = gamma_tails(a, a * x)
      p = float(lower)
      if 1e-290 < p < 1 - 1e-9:
        density = mp.exp((mpf(a) - 1) * mp.log(a * x) - mpf(a * x) - mp.loggamma(mpf(a)))
        table.add("inverseGammaP", "-", [a], p, mpf(a * x) + (mpf(p) - lower) / density)
  for a, b in [(0.2, 0.3), (1.0, 5.0), (12.0, 3.0), (700.0, 900.0)]:
    for x in [1e-4, 0.1, 0.44, 0.8]:
      lower, _ = beta_tails(a, b, x)
      p = float(lower)
      if 1e-290 < p < 1 - 1e-9:
        density = mp.exp(beta(a, b)[0](mpf(x)))
        table.add("inverseBetaI", "-", [a, b], p, mpf(x) + (mpf(p) - lower) / density)
  table.write()


def normal_quantile(log_p):
  x = mpf(0) if log_p > -1 else -mp.sqrt(-2 * log_p)
  if log_p > -1:
    x = mp.sqrt(2) * mp.erfinv(2 * mp.exp(log_p) - 1) if log_p < -mpf(10) ** -30 else \
      -normal_quantile(mp.log(-mp.expm1(log_p)))
    return x
  for _ in range(60):
    tail = mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)
    slope = mp.exp(-x * x / 2 - mp.log(2 * mp.pi) / 2 - tail)
    step = (tail - log_p) / slope
    x -= step
    if abs(step) < abs(x) * mpf(10) ** -45:
      break
  return x


# Vectors and matrices. Parameters and place are one list of numbers, sizes first.


def matrix(rows):
  return mpmath.matrix(rows)


def flat(rows):
  return [float(e) for row in rows for e in row]


def log_determinant(m):
  return mp.log(mp.det(m))


def trace(m):
  return mp.fsum(m[i, i] for i in range(m.rows))


def multivariate():
  table = Table("multivariate.tsv")
  random = numpy.random.default_rng(20261129)

  def positive_definite(n, scale=1.0):
    root = random.normal(size=(n, n))
    result = scale * (root @ root.T + 0.5 * numpy.eye(n))
    return (result + result.T) / 2

  def add(name, numbers, value):
    table.add(name, "logDensity", numbers, 0, value)

  for n, scale in [(1, 1.0), (2, 1.0), (3, 1e-6), (5, 1e4)]:
    mean, covariance = random.normal(size=n), positive_definite(n, scale)
    x = mean + math.sqrt(scale) * random.normal(size=n)
    s, d = matrix(covariance.tolist()), matrix([mpf(a) - mpf(b) for a, b in zip(x.tolist(), mean.tolist())])
    square = (d.T * mp.inverse(s) * d)[0]
    value = -(n * mp.log(2 * mp.pi) + log_determinant(s) + square) / 2
    agree(scipy.stats.multivariate_normal(mean, covariance).logpdf(x), value, 1e-8, "normal")
    add("MultivariateNormal", [n, *mean, *flat(covariance), *x], value)
    for nu in [0.5, 4.0, 1e7]:
      v = mpf(nu)
      value = mp.loggamma((v + n) / 2) - mp.loggamma(v / 2) - mpf(n) / 2 * mp.log(v * mp.pi)
      value += -log_determinant(s) / 2 - (v + n) / 2 * mp.log1p(square / v)
      agree(scipy.stats.multivariate_t(mean, covariance, nu).logpdf(x), value, 1e-6, "t")
      add("MultivariateStudentT", [n, nu, *mean, *flat(covariance), *x], value)

  for n, nu in [(1, 0.7), (2, 1.5), (3, 10.0), (4, 300.0)]:
    scale, x = positive_definite(n), positive_definite(n, nu)
    s, y, v = matrix(scale.tolist()), matrix(x.tolist()), mpf(nu)
    log_norm = mpf(n * (n - 1)) / 4 * mp.log(mp.pi)
    log_norm += mp.fsum(mp.loggamma(v / 2 - mpf(j) / 2) for j in range(n))
    value = (v - n - 1) / 2 * log_determinant(y) - trace(mp.inverse(s) * y) / 2
    value += -v * n / 2 * mp.log(2) - v / 2 * log_determinant(s) - log_norm
    if nu >= n:
      agree(scipy.stats.wishart(nu, scale).logpdf(x), value, 1e-8, "wishart")
    add("Wishart", [n, nu, *flat(scale), *flat(x)], value)
    value = v / 2 * log_determinant(s) - v * n / 2 * mp.log(2) - log_norm
    value += -(v + n + 1) / 2 * log_determinant(y) - trace(s * mp.inverse(y)) / 2
    if nu >= n:
      agree(scipy.stats.invwishart(nu, scale).logpdf(x), value, 1e-8, "inverse wishart")
    add("InverseWishart", [n, nu, *flat(scale), *flat(x)], value)

  for n, p in [(1, 1), (2, 3), (4, 2)]:
    mean, u, v = random.normal(size=(n, p)), positive_definite(n), positive_definite(p)
    x = mean + random.normal(size=(n, p))
    a, b = matrix(u.tolist()), matrix(v.tolist())
    d = matrix([[mpf(float(x[i, j])) - mpf(float(mean[i, j])) for j in range(p)] for i in range(n)])

    def matrix_normal(column):
      result = -trace(mp.inverse(column) * d.T * mp.inverse(a) * d) / 2
      return result - (
        n * p * mp.log(2 * mp.pi) + n * log_determinant(column) + p * log_determinant(a)) / 2

    value = matrix_normal(b)
    agree(scipy.stats.matrix_normal(mean, u, v).logpdf(x), value, 1e-8, "matrix normal")
    add("MatrixNormal", [n, p, *flat(mean), *flat(u), *flat(v), *flat(x)], value)
    nu, psi = p + 2.5, positive_definite(p)
    s, f = matrix(psi.tolist()), mpf(nu)
    value = matrix_normal(b) + f / 2 * log_determinant(s) - f * p / 2 * mp.log(2)
    value -= mpf(p * (p - 1)) / 4 * mp.log(mp.pi)
    value -= mp.fsum(mp.loggamma(f / 2 - mpf(j) / 2) for j in range(p))
    value += -(f + p + 1) / 2 * log_determinant(b) - trace(s * mp.inverse(b)) / 2
    add(
      "MatrixNormalInverseWishart",
      [n, p, *flat(mean), *flat(u), nu, *flat(psi), *flat(x), *flat(v)], value)

  for numbers in [(0.0, 1.0, 2.0, 3.0, 0.5, 1.2), (-4.0, 0.01, 0.6, 1e-3, 30.0, 0.2),
                  (2.0, 1e5, 400.0, 800.0, 2.001, 2.1)]:
    mean, precision, shape, scale, x, variance = map(mpf, numbers)
    value = shape * mp.log(scale) - (shape + 1) * mp.log(variance) - scale / variance
    value += -mp.loggamma(shape) - mp.log(2 * mp.pi * variance / precision) / 2
    value += -precision * (x - mean) ** 2 / (2 * variance)
    add("NormalInverseGamma", numbers, value)

  def dyadic(values):
    """Probabilities that are exact doubles with the sum 1 exactly."""
    parts = [round(v / sum(values) * 2**40) for v in values]
    parts[0] += 2**40 - sum(parts)
    return [p / 2**40 for p in parts]

  for alpha, x in [((1.0, 1.0), (0.3, 0.7)), ((0.1, 0.2, 5.0), (1.0, 2.0, 9.0)),
                   ((1e-6, 1e-6, 2.0), (1.0, 1.0, 3.0)), ((5e4, 2e4, 3e4, 1e4), (5.1, 1.9, 3.0, 1.0))]:
    x = dyadic(x)
    value = mp.loggamma(mp.fsum(map(mpf, alpha))) - mp.fsum(mp.loggamma(mpf(a)) for a in alpha)
    value += mp.fsum((mpf(a) - 1) * mp.log(mpf(y)) for a, y in zip(alpha, x))
    agree(scipy.stats.dirichlet(alpha).logpdf(x), value, 1e-8, "dirichlet")
    add("Dirichlet", [len(alpha), *alpha, *x], value)

  for p, x in [((1, 2, 5), (0, 1, 4)), ((1, 2, 5), (3, 0, 0)), ((3, 3, 1, 1), (3000, 3100, 900, 1000)),
               ((1, 1), (0, 0)), ((1, 3, 4), (100000, 300500, 399500))]:
    p = dyadic(p)
    value = mp.loggamma(sum(x) + 1) - mp.fsum(mp.loggamma(k + 1) for k in x)
    value += mp.fsum(k * mp.log(mpf(q)) for k, q in zip(x, p))
    agree(scipy.stats.multinomial(sum(x), p).logpmf(x), value, 1e-8, "multinomial")
    add("Multinomial", [len(p), sum(x), *p, *x], value)

  for alpha, x in [((0.5, 1.5, 3.0), (0, 2, 3)), ((1e-5, 2.0), (4, 0)), ((1e4, 3e4, 2e4), (90, 300, 210)),
                   ((1.0, 2.0), (0, 0)), ((2.0, 5.0, 1.0), (200000, 500000, 90000))]:
    a = [mpf(v) for v in alpha]
    n = sum(x)
    value = mp.loggamma(n + 1) + mp.loggamma(mp.fsum(a)) - mp.loggamma(n + mp.fsum(a))
    value += mp.fsum(
      mp.loggamma(k + b) - mp.loggamma(b) - mp.loggamma(k + 1) for k, b in zip(x, a))
    agree(scipy.stats.dirichlet_multinomial(alpha, n).logpmf(x), value, 1e-6, "dirichlet-multinomial")
    add("DirichletMultinomial", [len(alpha), n, *alpha, *x], value)

  # Partitions, by the predictive probabilities of seating customer after customer.
  for discount, concentration, counts in [
      (0.3, 1.5, (4, 1, 2)), (0.5, -0.25, (3, 1)), (0.0, 2.0, (1, 1, 5)), (0.9, 10.0, (40, 3, 1, 1)),
      (0.2, 0.0, (2,))]:
    d, c = mpf(discount), mpf(concentration)
    value, seated = mpf(0), 0
    for table_index, count in enumerate(counts):
      for customer in range(count):
        if seated:
          weight = customer - d if customer else c + table_index * d
          value += mp.log(weight / (seated + c))
        seated += 1
    add("PitmanYorPartition", [discount, concentration, len(counts), *counts], value)
  table.write()


if __name__ == "__main__":
  special()
  continuous()
  discrete()
  multivariate()
