"""Prints linear_gaussian.json: two series of 1000 observations of linear-Gaussian models.

x[0] ~ N(0, p0), x[t] ~ N(a x[t-1], q), y[t] ~ N(c x[t], r), both series from one generator.
"""

import json
import numpy

generator = numpy.random.default_rng(20180409)


def series(a, c, q, r, p0):
    x = numpy.sqrt(p0) * generator.normal()
    observations = [c * x + numpy.sqrt(r) * generator.normal()]
    for _ in range(999):
        x = a * x + numpy.sqrt(q) * generator.normal()
        observations.append(c * x + numpy.sqrt(r) * generator.normal())
    return observations


print(json.dumps({
    "standard": series(0.9, 1, 1, 0.25, 1 / (1 - 0.81)),
    "informative": series(0.8, 10, 1, 0.01, 1),
}))
