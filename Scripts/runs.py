"""What the scripts share: calling `minimo`, and reading what it says about a run."""

import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Small enough to take seconds, large enough to prove, relabel and learn in every iteration.
SMALL = "--preset quick --iterations 3 --conjectures 16 --expansions 60 --steps 12"


def program():
  """The program under test: $MINIMO, or the release build."""
  path = pathlib.Path(os.environ.get("MINIMO", ROOT / ".build/release/minimo"))
  if not path.is_file():
    sys.exit(f"error: there is no {path}; build it with 'make build', or set MINIMO.")
  return str(path)


def minimo(*arguments, accept=(0,)):
  """What the program prints on its standard output; ends the script if it fails."""
  command = [program(), *map(str, arguments)]
  result = subprocess.run(
    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
  if result.returncode not in accept:
    sys.exit(
      f"error: exit code {result.returncode} from\n  {shlex.join(command)}\n"
      f"{result.stderr[-4000:]}")
  return result.stdout


def report(run):
  return json.loads(minimo("report", "--run", run, "--json"))


def run_hash(run):
  """SHA-256 over all rows of a run and the files of its last checkpoint."""
  return report(run)["runHash"]


def verdict(hashes):
  """Says whether all hashes are equal, and ends the script with the matching code."""
  if len(set(hashes)) == 1:
    print(f"identical: {len(hashes)} runs with hash {hashes[0]}")
    sys.exit(0)
  print(f"DIFFERENT: {len(set(hashes))} hashes among {len(hashes)} runs")
  sys.exit(1)
