#!/usr/bin/env python3
"""Prints the reference posteriors of a copy of posteriordb as the test of references reads them.

    python3 posteriordb.py COPY > FILE && MINIMO_POSTERIORDB=FILE swift test --filter Reference

COPY is a working tree of the repository stan-dev/posteriordb (BSD 3-clause; most data sets record
no licence of their own, so none is kept here). Means and standard deviations are those of the 10
chains of 1000 draws of each reference; errors follow from the recorded effective sample sizes.
"""

import json
import pathlib
import sys
import zipfile

import numpy as np

# Posterior, our model, and our order of the parameters ("*" for all components).
problems = [
  ("eight_schools-eight_schools_noncentered", "eight schools", ["theta*", "mu", "tau"]),
  ("kidiq-kidscore_momiq", "line", ["beta*", "sigma"]),
  ("mesquite-logmesquite_logva", "volumes", ["beta*", "sigma"]),
  ("sblrc-blr", "regression", ["beta*", "sigma"]),
  ("sblri-blr", "regression", ["beta*", "sigma"]),
  ("arK-arK", "autoregression", ["alpha", "beta*", "sigma"]),
  ("arma-arma11", "moving average", ["mu", "phi", "theta", "sigma"]),
  ("garch-garch11", "volatility", ["mu", "alpha0", "alpha1", "beta1"]),
  ("hmm_example-hmm_example", "hidden states", ["theta1*", "theta2*", "mu*"]),
  ("low_dim_gauss_mix-low_dim_gauss_mix", "mixture", ["mu*", "sigma*", "theta"]),
  ("gp_pois_regr-gp_regr", "process", ["rho", "alpha", "sigma"]),
  ("gp_pois_regr-gp_pois_regr", "count process", ["rho", "alpha", "f*"]),
  ("kilpisjarvi_mod-kilpisjarvi", "trend", ["alpha", "beta", "sigma"]),
]
wanted = [
  "K", "y", "sigma", "x", "X", "k", "diam1", "diam2", "canopy_height", "group", "weight",
  "sigma1", "pmualpha", "psalpha", "pmubeta", "psbeta",
]


def zipped(path):
  archive = zipfile.ZipFile(path)
  return json.loads(archive.read(archive.namelist()[0]))


base = pathlib.Path(sys.argv[1]) / "posterior_database"
result = []
for posterior, model, order in problems:
  name = posterior.split("-")[0]
  data = zipped(base / f"data/data/{name}.json.zip")
  if name == "kidiq":
    data = dict(x=data["mom_iq"], y=data["kid_score"])
  folder = base / "reference_posteriors/draws"
  chains = zipped(folder / f"draws/{posterior}.json.zip")
  info = json.loads((folder / f"info/{posterior}.info.json").read_text())["diagnostics"]
  sizes = dict(zip(
    info["diagnostic_information"]["names"], info["effective_sample_size_bulk"]))
  parameters = []
  for pattern in order:
    stem = pattern.rstrip("*")
    names = [pattern] if stem == pattern else [
      key for key in chains[0] if key.startswith(stem + "[")]
    for key in names:
      x = np.concatenate([chain[key] for chain in chains])
      squares = (x - x.mean()) ** 2
      size = np.sqrt(sizes.get(key, len(x)))
      parameters.append(dict(
        name=key, mean=x.mean(), meanError=x.std() / size, deviation=x.std(),
        deviationError=squares.std() / size / (2 * x.std())))
  result.append(dict(
    name=model, title=posterior, data={key: data[key] for key in wanted if key in data},
    parameters=parameters))
print(json.dumps(result))
