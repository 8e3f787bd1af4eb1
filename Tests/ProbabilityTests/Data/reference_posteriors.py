#!/usr/bin/env python3
"""Prints reference_posteriors.json: simulated data of twelve models, and their posteriors.

The posteriors are those of another algorithm on other code: a population of walkers that take steps
along the differences of others (ter Braak 2006), on log-densities written here in numpy. It knows
no gradients. Standard errors are the standard deviation over the root of the number of draws over
the integrated autocorrelation time of the walkers (the estimate of Goodman and Weare 2010); that of
a standard deviation s follows from the mean of squared distances, over 2 s. Written with
numpy 2.4.6:

    python3 reference_posteriors.py > reference_posteriors.json
"""

import json
import sys

import numpy as np

random = np.random.default_rng(1763)


def normal(x, mean, deviation):
  """The log-density, up to a constant."""
  return -0.5 * ((x - mean) / deviation) ** 2 - np.log(deviation)


def half_cauchy(x, scale):
  return -np.log1p((x / scale) ** 2)


def logistic(u):
  """A number between 0 and 1, and the logarithm of its derivative."""
  p = 1 / (1 + np.exp(-u))
  return p, -np.logaddexp(0, u) - np.logaddexp(0, -u)


# Each model: its data, its log-density for a batch of points (one a row, coordinates first), the
# number of coordinates, and the parameters in order. Positive parameters are logarithms u, which
# add u to the log-density.

def eight_schools():
  # Rubin (1981), table 1.
  data = dict(y=[28, 8, -3, 7, -1, 1, 18, 12], sigma=[15, 10, 16, 11, 9, 11, 10, 18])
  y, sigma = np.array(data["y"]), np.array(data["sigma"])

  def density(u):
    mu, tau, z = u[0], np.exp(u[1]), u[2:]
    theta = mu + tau * z
    return (
      normal(mu, 0, 5) + half_cauchy(tau, 5) + u[1] + normal(z, 0, 1).sum(0)
      + normal(y[:, None], theta, sigma[:, None]).sum(0))

  def describe(u):
    return [*(u[0] + np.exp(u[1]) * u[2:]), u[0], np.exp(u[1])]

  return data, density, 10, describe, [f"theta[{j}]" for j in range(1, 9)] + ["mu", "tau"]


def linear(X, y, prior):
  """A regression; the last coordinate is the logarithm of the noise's deviation."""
  def density(u):
    sigma = np.exp(u[-1])
    return prior(u[:-1], sigma) + u[-1] + normal(y[:, None], X @ u[:-1], sigma).sum(0)

  return density, X.shape[1] + 1, lambda u: [*u[:-1], np.exp(u[-1])]


def names(count):
  return [f"beta[{k}]" for k in range(1, count + 1)] + ["sigma"]


def line():
  x = random.normal(10, 2, 40).round(2)
  y = (3 + 0.6 * x + random.normal(0, 1.5, 40)).round(2)
  X = np.stack([np.ones(40), x], 1)
  prior = lambda beta, sigma: half_cauchy(sigma, 2.5)
  return dict(x=x, y=y), *linear(X, y, prior), names(2)


def volumes():
  size = random.lognormal(0, 0.5, (3, 46)).round(3)
  group = (np.arange(46) < 20).astype(int)
  volume, area = np.log(size.prod(0)), np.log(size[:2].prod(0))
  weight = np.exp(1 + 0.5 * volume + 0.4 * area - 0.5 * group + random.normal(0, 0.4, 46)).round(3)
  data = dict(
    diam1=size[0], diam2=size[1], canopy_height=size[2], group=group, weight=weight)
  X = np.stack([np.ones(46), volume, area, group], 1)
  return data, *linear(X, np.log(weight), lambda beta, sigma: 0), names(4)


def regression():
  common = random.normal(0, 1, (50, 1))
  X = (0.8 * common + 0.6 * random.normal(0, 1, (50, 5))).round(3)
  y = (X @ [1, -1, 0.5, 2, 0] + random.normal(0, 1, 50)).round(3)
  prior = lambda beta, sigma: normal(beta, 0, 10).sum(0) - sigma**2 / 200
  return dict(X=X, y=y), *linear(X, y, prior), names(5)


def autoregression():
  y = [0.5, 0.1, -0.3]
  for _ in range(97):
    y.append(0.4 + 0.5 * y[-1] - 0.3 * y[-2] + 0.2 * y[-3] + random.normal(0, 0.8))
  y = np.round(y, 3)
  X = np.stack([np.ones(97), y[2:-1], y[1:-2], y[:-3]], 1)
  prior = lambda beta, sigma: normal(beta, 0, 10).sum(0) + half_cauchy(sigma, 2.5)
  return dict(K=3, y=y), *linear(X, y[3:], prior), ["alpha"] + names(3)


def moving_average():
  y, error = [], 0.0
  for _ in range(100):
    new = random.normal(0, 0.7)
    y.append(0.3 + 0.7 * (y[-1] if y else 0.3) + 0.4 * error + new)
    error = new
  y = np.round(y, 3)

  def density(u):
    mu, phi, theta, sigma = u[0], u[1], u[2], np.exp(u[3])
    error = y[0] - (mu + phi * mu)
    total = (
      normal(mu, 0, 10) + normal(phi, 0, 2) + normal(theta, 0, 2) + half_cauchy(sigma, 2.5) + u[3]
      + normal(error, 0, sigma))
    for t in range(1, len(y)):
      error = y[t] - (mu + phi * y[t - 1] + theta * error)
      total = total + normal(error, 0, sigma)
    return total

  return (
    dict(y=y), density, 4, lambda u: [*u[:3], np.exp(u[3])], ["mu", "phi", "theta", "sigma"])


def volatility():
  y, sigma = [], 0.7
  for t in range(150):
    if t > 0:
      sigma = np.sqrt(0.2 + 0.4 * (y[-1] - 1) ** 2 + 0.3 * sigma**2)
    y.append(1 + random.normal(0, sigma))
  y = np.round(y, 3)

  def describe(u):
    alpha1 = logistic(u[2])[0]
    return [u[0], np.exp(u[1]), alpha1, (1 - alpha1) * logistic(u[3])[0]]

  def density(u):
    mu, alpha0, alpha1, beta1 = describe(u)
    variance = 0.7**2
    total = (
      u[1] + logistic(u[2])[1] + np.log(1 - alpha1) + logistic(u[3])[1] + normal(y[0], mu, 0.7))
    for t in range(1, len(y)):
      variance = alpha0 + alpha1 * (y[t - 1] - mu) ** 2 + beta1 * variance
      total = total + normal(y[t], mu, np.sqrt(variance))
    return total

  return dict(y=y, sigma1=0.7), density, 4, describe, ["mu", "alpha0", "alpha1", "beta1"]


def hidden_states():
  state, y = 0, []
  for _ in range(60):
    y.append(random.normal([3, 9][state], 1))
    state = int(random.uniform() < [0.2, 0.7][state])
  y = np.round(y, 3)

  def describe(u):
    first, second = logistic(u[0])[0], logistic(u[1])[0]
    return [first, 1 - first, second, 1 - second, np.exp(u[2]), np.exp(u[2]) + np.exp(u[3])]

  def density(u):
    p = describe(u)
    logs = np.log(np.stack([p[:2], p[2:4]]))
    mu = np.stack(p[4:])
    total = (
      logistic(u[0])[1] + logistic(u[1])[1] + u[2] + u[3] + normal(mu[0], 3, 1)
      + normal(mu[1], 10, 1))
    forward = normal(y[0], mu, 1)
    for t in range(1, len(y)):
      forward = np.logaddexp(forward[0] + logs[0], forward[1] + logs[1]) + normal(y[t], mu, 1)
    return total + np.logaddexp(forward[0], forward[1])

  return dict(y=y), density, 4, describe, [
    "theta1[1]", "theta1[2]", "theta2[1]", "theta2[2]", "mu[1]", "mu[2]"]


def mixture():
  first = random.uniform(size=100) < 0.4
  y = np.where(first, random.normal(-2, 0.8, 100), random.normal(1.5, 1.1, 100)).round(3)

  def describe(u):
    return [u[0], u[0] + np.exp(u[1]), np.exp(u[2]), np.exp(u[3]), logistic(u[4])[0]]

  def density(u):
    lower, upper, s, t, theta = describe(u)
    terms = np.logaddexp(
      np.log(theta) + normal(y[:, None], lower, s), np.log1p(-theta) + normal(y[:, None], upper, t))
    return (
      normal(lower, 0, 2) + normal(upper, 0, 2) + u[1] - s**2 / 8 - t**2 / 8 + u[2] + u[3]
      + 4 * np.log(theta) + 4 * np.log1p(-theta) + logistic(u[4])[1] + terms.sum(0))

  return dict(y=y), density, 5, describe, ["mu[1]", "mu[2]", "sigma[1]", "sigma[2]", "theta"]


inputs = np.arange(-10.0, 11, 2)


def factor(rho, alpha, extra):
  """The Cholesky factors of the covariances of a Gaussian process at the inputs."""
  square = (inputs[:, None] - inputs[None, :]) ** 2
  covariance = alpha[:, None, None] ** 2 * np.exp(-0.5 * square / rho[:, None, None] ** 2)
  return np.linalg.cholesky(covariance + np.eye(11) * np.reshape(extra, (-1, 1, 1)))


def length_and_size(u):
  rho, alpha = np.exp(u[0]), np.exp(u[1])
  return rho, alpha, 24 * u[0] - 4 * rho + u[0] - alpha**2 / 8 + u[1]


def process():
  y = (2 * np.sin(inputs / 4) + random.normal(0, 0.6, 11)).round(3)

  def density(u):
    rho, alpha, total = length_and_size(u)
    sigma = np.exp(u[2])
    lower = factor(rho, alpha, sigma)
    z = np.linalg.solve(lower, np.broadcast_to(y[:, None], (len(rho), 11, 1)))[:, :, 0]
    return (
      total - sigma**2 / 2 + u[2] - 0.5 * (z**2).sum(1)
      - np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1))

  return dict(x=inputs, y=y), density, 3, lambda u: [*np.exp(u)], ["rho", "alpha", "sigma"]


def count_process():
  k = random.poisson(np.exp(1 + 1.2 * np.sin(inputs / 4)))

  def values(u):
    return np.einsum("wij,jw->iw", factor(np.exp(u[0]), np.exp(u[1]), 1e-10), u[2:])

  def density(u):
    total = length_and_size(u)[2]
    f = values(u)
    return total - 0.5 * (u[2:] ** 2).sum(0) + (k[:, None] * f - np.exp(f)).sum(0)

  return (
    dict(x=inputs, k=k), density, 13, lambda u: [np.exp(u[0]), np.exp(u[1]), *values(u)],
    ["rho", "alpha"] + [f"f[{i}]" for i in range(1, 12)])


def trend():
  x = np.arange(30)
  y = (9 + 0.03 * x + random.normal(0, 1.2, 30)).round(2)
  data = dict(x=x, y=y, pmualpha=9, psalpha=100, pmubeta=0, psbeta=0.03)
  X = np.stack([np.ones(30), x], 1)
  prior = lambda beta, sigma: normal(beta[0], 9, 100) + normal(beta[1], 0, 0.03)
  return data, *linear(X, y, prior), ["alpha", "beta", "sigma"]


starts = {
  "volumes": [0, 0, 0, 0, 0], "regression": [0] * 6, "line": [0, 1, 0],
  "process": [1.8, 0, 0], "trend": [9, 0, 0], "hidden states": [0, 0, 1, 1.8],
  "mixture": [-1, 1, 0, 0, 0],
}


def autocorrelation_time(x):
  """Of a chain of walkers, one a column: the sum of autocorrelations, to 5 times itself."""
  centered = x - x.mean()
  spectrum = np.fft.rfft(centered, 2 * len(x), axis=0)
  covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[: len(x)].mean(1)
  times = 2 * np.cumsum(covariance / covariance[0]) - 1
  ends = np.arange(len(times)) >= 5 * times
  return times[np.argmax(ends) if ends.any() else -1]


def sample(density, start, own, walkers=200, steps=5000, burn=1500):
  """Walkers of two halves; each half steps along differences within the other."""
  dimension, half = len(start), walkers // 2

  def batch(points):
    with np.errstate(all="ignore"):
      result = density(points.T)
    return np.where(np.isfinite(result), result, -np.inf)

  points = start + 0.1 * own.normal(size=(walkers, dimension))
  logs, chain, accepted = batch(points), [], 0
  for step in range(burn + steps):
    for first in (0, half):
      mine, others = slice(first, first + half), half - first
      one = own.integers(half, size=half)
      two = (one + 1 + own.integers(half - 1, size=half)) % half
      # Now and then a whole difference, to change between modes.
      scale = 1.0 if step % 10 == 0 else 2.38 / np.sqrt(2 * dimension)
      proposal = (
        points[mine] + scale * (points[others + one] - points[others + two])
        + 1e-5 * own.normal(size=(half, dimension)))
      new = batch(proposal)
      takes = np.log(own.uniform(size=half)) < new - logs[mine]
      points[mine] = np.where(takes[:, None], proposal, points[mine])
      logs[mine] = np.where(takes, new, logs[mine])
      accepted += takes.sum()
    if step >= burn:
      chain.append(points.copy())
  return np.array(chain), accepted / (walkers * (burn + steps))


def reference(name, data, density, dimension, describe, labels):
  start = np.zeros(dimension) if name not in starts else np.array(starts[name], float)
  if name == "count process":
    start[0] = 1.8
  chain, acceptance = sample(density, start, np.random.default_rng(5))
  flat = np.moveaxis(chain, 2, 0).reshape(dimension, -1)
  parts = [np.array(describe(part)) for part in np.array_split(flat, 50, axis=1)]
  values = np.concatenate(parts, axis=1).reshape(len(labels), *chain.shape[:2])
  parameters, slowest, worst = [], 0.0, 0.0
  for label, x in zip(labels, values):
    mean, deviation = x.mean(), x.std()
    squares = (x - mean) ** 2
    times = [autocorrelation_time(v) for v in (x, squares)]
    errors = [v.std() * np.sqrt(time / v.size) for v, time in zip((x, squares), times)]
    half = len(x) // 2
    worst = max(worst, abs(x[:half].mean() - x[half:].mean()) / (2 * errors[0]))
    slowest = max(slowest, *times)
    parameters.append(dict(
      name=label, mean=mean, meanError=errors[0], deviation=deviation,
      deviationError=errors[1] / (2 * deviation)))
  print(
    f"{name}: accepted {acceptance:.2f}, slowest autocorrelation time {slowest:.0f} of "
    f"{len(chain)} steps, halves differ by {worst:.1f} standard errors",
    file=sys.stderr, flush=True)
  plain = {key: np.asarray(value).tolist() for key, value in data.items()}
  return dict(name=name, data=plain, parameters=[
    {key: value if key == "name" else float(f"{value:.8g}") for key, value in entry.items()}
    for entry in parameters])


problems = [
  ("eight schools", eight_schools), ("line", line), ("volumes", volumes),
  ("regression", regression), ("autoregression", autoregression),
  ("moving average", moving_average), ("volatility", volatility),
  ("hidden states", hidden_states), ("mixture", mixture), ("process", process),
  ("count process", count_process), ("trend", trend),
]
entries = [(name, *make()) for name, make in problems]
print("[" + ",\n".join(json.dumps(reference(*entry)) for entry in entries) + "]")
