"""What `crash-test` and `fault-test` share: a run, its disturbed twin, and what must be equal."""

import hashlib
import json
import pathlib
import re
import shlex
import subprocess

import runs

CRASH = re.compile(r"Fatal error|Stack dump|Assertion|Illegal instruction|\bTrap\b")
# What an open database has beside it; LOCK names a process.
PASSING = {"LOCK", "run.sqlite-wal", "run.sqlite-shm"}


def tiny(iterations):
  """The budget of a run of less than a second that poses, proves, relabels, learns and commits."""
  return (f"--preset quick --iterations {iterations} --conjectures 6 --expansions 16 --steps 2 "
          "--width 16 --layers 1")


class Trial:
  """One process that trains: what it said, and how it ended."""

  def __init__(self, code, output, error):
    self.code = code
    self.output = output
    self.error = error
    self.events = []
    for line in error.splitlines():
      try:
        event = json.loads(line)
      except ValueError:
        continue  # Cut off by a kill, or the message of an error.
      if isinstance(event, dict) and "event" in event:
        self.events.append(event)

  def last(self, name, member):
    values = [event[member] for event in self.events if event["event"] == name]
    return values[-1] if values else None

  @property
  def acknowledged(self):
    """The last iteration that the program said is committed; 0 if none."""
    return self.last("committed", "iteration") or self.last("started", "after") or 0

  @property
  def message(self):
    lines = [line for line in self.error.splitlines() if line.startswith("error:")]
    return lines[-1] if lines else ""

  @property
  def run_hash(self):
    try:
      return json.loads(self.output)["runHash"]
    except (ValueError, KeyError):
      return None


class Twin:
  """An undisturbed run, and the means to bring a disturbed one to the same end."""

  def __init__(self, folder, domain, seed, threads, budget):
    self.start = [
      "train", "--json", "--domain", domain, "--seed", str(seed), "--threads", str(threads),
      *shlex.split(budget)]
    self.goon = ["train", "--json", "--resume", "--threads", str(threads)]
    self.run = pathlib.Path(folder) / "undisturbed"
    trial = self.train(self.run)
    if trial.code != 0 or not trial.run_hash:
      raise SystemExit(
        f"error: exit code {trial.code} from an undisturbed run\n{trial.error[-4000:]}")
    self.hash = trial.run_hash
    self.content = content(self.run)
    self.iterations = trial.acknowledged

  def command(self, run):
    """Starts the run, or goes on with it if it is there."""
    return [runs.program(), *(self.goon if run.exists() else self.start), "--run", str(run)]

  def train(self, run, prefix=(), environment=None):
    result = subprocess.run(
      [*prefix, *self.command(run)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
      stderr=subprocess.PIPE, timeout=300, env=environment)
    return Trial(
      result.returncode, result.stdout.decode(errors="replace"),
      result.stderr.decode(errors="replace"))

  def problems(self, run, disturbed):
    """Ends the run after a disturbance; what then differs from the undisturbed one."""
    found = []
    if CRASH.search(disturbed.error):
      found.append("a crash report")
    if disturbed.acknowledged and not run.exists():
      return found + ["the run is gone"]
    trial = self.train(run)
    if trial.code != 0:
      return found + [f"exit code {trial.code} when resumed: {trial.message[:200]}"]
    after = trial.last("started", "after")
    if after is None or after < disturbed.acknowledged:
      found.append(f"iteration {disturbed.acknowledged} was acknowledged, only {after} is there")
    if trial.run_hash != self.hash:
      found.append(f"run hash {trial.run_hash}")
    own = content(run)
    for name in sorted(self.content.keys() | own.keys()):
      if self.content.get(name) != own.get(name):
        found.append(f"{name} {'differs' if name in own else 'is missing'}")
    for path in run.parent.glob(run.name + ".creating-*"):
      found.append(f"{path.name} is left behind")
    return found


def content(run):
  """The files of a run, with what must be equal in two runs of one seed."""
  result = {}
  for path in sorted(run.rglob("*")):
    name = str(path.relative_to(run))
    # A page cut off while it was written is no part of the run.
    if path.is_dir() or name in PASSING or ".writing-" in name:
      continue
    if name == "events.ndjson":
      events = [json.loads(line) for line in path.read_text().splitlines()]
      result[name] = [(event["iteration"], event["chain"]) for event in events]
    elif name.startswith("checkpoints/") or name in ("run.json", "theory.p"):
      result[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    else:
      result[name] = "present"
  return result


def table(head, rows):
  """Lines of a table: the first columns flush left, numbers flush right."""
  cells = [[str(cell) for cell in row] for row in [head, *rows]]
  widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
  left = [all(not isinstance(row[column], int) for row in rows) for column in range(len(head))]
  return "\n".join(
    "  ".join(
      cell.ljust(width) if is_left else cell.rjust(width)
      for cell, width, is_left in zip(row, widths, left)).rstrip()
    for row in cells)
