"""The cases of `particle-bench` with `particles` and JAX: what `Scripts/bench-particles` runs.

    particle_peers.py PACKAGE CASE FILE --particles N --seconds S

Waits for a line, runs the filter until so much CPU time has passed, and answers with a line.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy as np

A = np.array([[1, 0.3, 0], [0, 0.92, -0.3], [0, 0.3, 0.92]])
C = np.array([1.0, -1, 1])


def covariances(steps):
  """What does not depend on the particle, for each step: the variance of n and its gain, the
  variance of the linear observation and its gain."""
  p = np.eye(3)
  rows = []
  for t in range(steps):
    spread, gain = 1.0, np.zeros(3)
    if t > 0:
      spread = p[0, 0] + 0.01
      gain = p[:, 0] / spread
      p = A @ (p - np.outer(gain, p[0])) @ A.T + 0.01 * np.eye(3)
    cross = p @ C
    total = C @ cross + 0.1
    rows.append((spread, gain, total, cross / total))
    p = p - np.outer(cross, cross) / total
  return rows


def with_particles(case, y, count):
  import particles
  from particles import distributions, state_space_models

  if case == "linear":
    class Linear(state_space_models.StateSpaceModel):
      def PX0(self):
        return distributions.Normal(scale=math.sqrt(1 / 0.19))

      def PX(self, t, xp):
        return distributions.Normal(loc=0.9 * xp, scale=1.0)

      def PY(self, t, xp, x):
        return distributions.Normal(loc=x, scale=0.5)

    model = state_space_models.Bootstrap(ssm=Linear(), data=y)
  else:
    pairs = np.reshape(y, (-1, 2))
    rows = covariances(len(pairs))

    class Mixed(particles.FeynmanKac):
      """Columns: n, and the mean of the linear part before its observation."""

      def __init__(self):
        super().__init__(len(pairs))

      def M0(self, N):
        x = np.zeros((N, 4))
        x[:, 0] = np.random.standard_normal(N)
        return x

      def M(self, t, xp):
        spread, gain = rows[t][:2]
        m = xp[:, 1:] + (pairs[t - 1][1] - xp[:, 1:] @ C)[:, None] * rows[t - 1][3]
        noise = math.sqrt(spread) * np.random.standard_normal(len(xp))
        x = np.empty_like(xp)
        x[:, 0] = np.arctan(xp[:, 0]) + m[:, 0] + noise
        x[:, 1:] = (m + noise[:, None] * gain) @ A.T
        return x

      def logG(self, t, xp, x):
        n = x[:, 0]
        first = pairs[t][0] - 0.1 * n * np.abs(n)
        second = pairs[t][1] - x[:, 1:] @ C
        total = rows[t][2]
        return -0.5 * (first**2 / 0.1 + second**2 / total) - 0.5 * math.log(
          4 * math.pi**2 * 0.1 * total)

    model = Mixed()

  def run(seed):
    np.random.seed(seed)
    filter = particles.SMC(fk=model, N=count, resampling="systematic", ESSrmin=0.5)
    filter.run()
    return filter.logLt

  return run


def with_jax(case, y, count):
  import jax
  import jax.numpy as jnp

  jax.config.update("jax_enable_x64", True)

  def resample(key, weights, x):
    points = (jnp.arange(count) + jax.random.uniform(key)) / count
    cumulated = jnp.cumsum(weights)
    return x[jnp.searchsorted(cumulated / cumulated[-1], points)]

  if case == "linear":
    inputs = jnp.asarray(y)
    start = lambda key: math.sqrt(1 / 0.19) * jax.random.normal(key, (count, 1))
    move = lambda key, x, row: 0.9 * x + jax.random.normal(key, (count, 1))
    weigh = lambda x, row: -2 * (row - x[:, 0])**2 - 0.5 * math.log(2 * math.pi * 0.25)
    update = lambda x, row: x
  else:
    pairs = np.reshape(y, (-1, 2))
    rows = covariances(len(pairs))
    inputs = jnp.asarray([
      [*pair, row[0], *row[1], row[2], *row[3]] for pair, row in zip(pairs, rows)])
    a, c = jnp.asarray(A), jnp.asarray(C)

    def start(key):
      return jnp.concatenate([jax.random.normal(key, (count, 1)), jnp.zeros((count, 3))], axis=1)

    def move(key, x, row):
      noise = jnp.sqrt(row[2]) * jax.random.normal(key, (count,))
      n = jnp.arctan(x[:, 0]) + x[:, 1] + noise
      m = (x[:, 1:] + noise[:, None] * row[3:6]) @ a.T
      return jnp.concatenate([n[:, None], m], axis=1)

    def weigh(x, row):
      n = x[:, 0]
      first, second = row[0] - 0.1 * n * jnp.abs(n), row[1] - x[:, 1:] @ c
      return -0.5 * (first**2 / 0.1 + second**2 / row[6]) - 0.5 * jnp.log(
        4 * math.pi**2 * 0.1 * row[6])

    def update(x, row):
      residual = row[1] - x[:, 1:] @ c
      return x.at[:, 1:].add(residual[:, None] * row[7:10])

  def finish(x, w, row):
    w = w + weigh(x, row)
    largest = jnp.max(w)
    weights = jnp.exp(w - largest)
    return update(x, row), w, weights, largest + jnp.log(jnp.mean(weights))

  @jax.jit
  def run(seed):
    keys = jax.random.split(jax.random.PRNGKey(seed), 2 * len(inputs))
    x, w, weights, mean = finish(start(keys[0]), jnp.zeros(count), inputs[0])

    def step(carry, this):
      x, w, weights, mean, evidence = carry
      row, move_key, key = this
      uneven = jnp.sum(weights)**2 / jnp.sum(weights**2) < 0.5 * count
      x = jax.lax.cond(uneven, lambda: resample(key, weights, x), lambda: x)
      evidence = evidence + jnp.where(uneven, mean, 0)
      w = jnp.where(uneven, 0, w)
      x, w, weights, mean = finish(move(move_key, x, row), w, row)
      return (x, w, weights, mean, evidence), None

    rest = len(inputs) - 1
    carry, _ = jax.lax.scan(
      step, (x, w, weights, mean, 0.0), (inputs[1:], keys[1:rest + 1], keys[rest + 1:2 * rest + 1]))
    return carry[3] + carry[4]

  return lambda seed: float(run(seed))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("package", choices=["particles", "jax"])
  parser.add_argument("case", choices=["linear", "mixed"])
  parser.add_argument("file")
  parser.add_argument("--particles", type=int, default=1000)
  parser.add_argument("--seconds", type=float, default=1)
  options = parser.parse_args()
  y = np.array([float(line) for line in pathlib.Path(options.file).read_text().split()])
  make = with_particles if options.package == "particles" else with_jax
  run = make(options.case, y, options.particles)
  steps = len(y) if options.case == "linear" else len(y) // 2
  run(0)
  print('{"ready":true}', flush=True)
  for _ in sys.stdin:
    values, start = [], time.process_time()
    while not values or time.process_time() - start < options.seconds:
      values.append(run(len(values)))
    spent = time.process_time() - start
    print(json.dumps({
      "rate": len(values) * options.particles * steps / spent, "mean": float(np.mean(values)),
      "variance": float(np.var(values)), "runs": len(values)}), flush=True)


main()
