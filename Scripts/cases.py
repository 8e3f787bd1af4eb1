"""What `bad-input` is made of: cases, the folder of each, and the table of their results."""

import argparse
import contextlib
import hashlib
import os
import pathlib
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import runs

SECONDS = 20
MEMORY = 4 << 30
TINY = ["--iterations", "2", "--conjectures", "8", "--expansions", "30", "--steps", "4",
        "--width", "32", "--threads", "2"]

CASES = []


def case(name, code, message):
  """Registers a case: a function of a `Place` that returns what to run."""
  def register(function):
    CASES.append((name, {code} if isinstance(code, int) else set(code), message, function))
    return function
  return register


def arguments(name, code, message, *words):
  """A case that needs nothing but a command line; `{run}` and `{work}` stand for folders."""
  @case(name, code, message)
  def _(place):
    return [word.format(run=place.run, work=place.work) for word in words]


def file(name, code, message, content, *words):
  """A case with a file of its own, `{file}`."""
  @case(name, code, message)
  def _(place):
    path = place.work / "input.p"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [word.format(run=place.run, work=place.work, file=path) for word in words]


class Place:
  """The folder of one case, with a run of its own."""

  def __init__(self, work, base):
    self.work = work
    self.run = work / "run"
    shutil.copytree(base, self.run)
    for path in self.run.rglob("*"):
      path.chmod(0o755 if path.is_dir() else 0o644)

  def content(self):
    """Hashes of all files of the run but those that opening it may make."""
    passing = {"LOCK", "run.sqlite-wal", "run.sqlite-shm"}
    return {
      str(path.relative_to(self.run)): hashlib.sha256(path.read_bytes()).hexdigest()
      for path in sorted(self.run.rglob("*")) if path.is_file() and path.name not in passing}

  def checkpoint(self, name, iteration=2):
    return self.run / "checkpoints" / f"{iteration:06}" / name


def limits(file_size=None):
  def apply():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_size:
      resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
  return apply


def execute(words, *, redirect="", file_size=None, environment=None):
  """Runs the program; `redirect` is shell syntax for its standard streams."""
  start = time.monotonic()
  command = ["/bin/sh", "-c", f'exec "$0" "$@" {redirect}', runs.program(), *map(str, words)]
  try:
    result = subprocess.run(
      command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
      timeout=SECONDS, preexec_fn=limits(file_size), env={**os.environ, **(environment or {})})
  except subprocess.TimeoutExpired:
    return None, "", f"no end within {SECONDS} s", SECONDS
  return (result.returncode, result.stdout.decode(errors="replace"),
          result.stderr.decode(errors="replace"), time.monotonic() - start)


def damage(name, code, message, words):
  """A case that changes the files of the run first."""
  def register(function):
    @case(name, code, message)
    def _(place):
      function(place)
      return [word.format(run=place.run) for word in words]
    return function
  return register


def flip(path, position):
  data = bytearray(path.read_bytes())
  data[int(position * len(data))] ^= 0x10
  path.write_bytes(data)


def cut(path, share):
  data = path.read_bytes()
  path.write_bytes(data[:int(share * len(data))])


def sql(name, message, words, *statements):
  @damage(name, 65, message, words)
  def _(place):
    with contextlib.closing(sqlite3.connect(place.run / "run.sqlite")) as connection:
      connection.execute("PRAGMA foreign_keys = OFF")
      for statement in statements:
        connection.execute(statement)
      connection.commit()
      connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def run_all(description):
  """Runs the registered cases, prints the table, and ends with the matching code."""
  parser = argparse.ArgumentParser(description=description.split("\n")[0])
  parser.add_argument("--only", default="", help="cases whose name contains this")
  options = parser.parse_args()
  failures = []
  chosen = [entry for entry in CASES if options.only in entry[0]]
  with tempfile.TemporaryDirectory(prefix="minimo-bad-input-") as folder:
    base = pathlib.Path(folder) / "base"
    runs.minimo("train", "--domain", "groups", "--run", base, *TINY)
    for number, (name, codes, message, function) in enumerate(chosen):
      work = pathlib.Path(folder) / f"case-{number}"
      work.mkdir()
      place = Place(work, base)
      before = place.content()
      found = function(place)
      if isinstance(found, list):
        # Damage was done on purpose; nothing must be added to it.
        before = place.content()
        found = execute(found)
      code, output, error, seconds = found
      problems = []
      if code not in codes:
        problems.append(f"exit code {code}, not {' or '.join(map(str, sorted(codes)))}")
      if not re.search(message, error + output):
        problems.append(f"no /{message}/")
      if code and not (error + output).strip() and message:
        problems.append("no message")
      if re.search(r"Fatal error|Stack dump|Assertion", error):
        problems.append("a crash report")
      if place.content() != before:
        problems.append("the run was changed")
      if code not in (0, 1) and (work / "new").exists() and not (work / "new/run.json").exists():
        problems.append("debris")
      said = (error.strip() or output.strip()).split("\n")[0].replace(folder, "…")
      verdict = "ok" if not problems else "WRONG: " + "; ".join(problems)
      print(f"{name[:38]:38}  {str(code):>4}  {seconds:5.2f} s  {verdict}", flush=True)
      print(f"    {said[:150]}", flush=True)
      if problems:
        failures.append(name)
      shutil.rmtree(work)
  print(f"\n{len(chosen)} cases, {len(failures)} wrong" + "".join(f"\n  {n}" for n in failures))
  sys.exit(1 if failures or not chosen else 0)
