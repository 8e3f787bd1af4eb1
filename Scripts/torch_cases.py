"""The cases of `bench` in torch, with our weights: what `Scripts/bench-compare` runs beside ours.

Run by the interpreter that has torch. Reads commands from the standard input, one JSON object a
line, and answers each with one line.
"""

import json
import math
import os
import pathlib
import struct
import sys
import time

import torch
import torch.nn.functional as F


def tensors(path):
  """The tensors of a safetensors file, and its metadata."""
  data = pathlib.Path(path).read_bytes()
  (length,) = struct.unpack("<Q", data[:8])
  header = json.loads(data[8:8 + length])
  metadata = header.pop("__metadata__", {})
  result = {}
  for name, entry in header.items():
    start, end = (8 + length + offset for offset in entry["data_offsets"])
    result[name] = torch.frombuffer(
      bytearray(data[start:end]), dtype=torch.float32).reshape(entry["shape"])
  return result, metadata


class Block(torch.nn.Module):
  def __init__(self, weights, name, heads):
    super().__init__()
    self.heads = heads
    for part in ("attention.norm", "mlp.norm"):
      for kind in ("gain", "bias"):
        self.register(part, kind, weights[f"{name}{part}.{kind}"])
    for part in ("attention.qkv", "attention.projection", "mlp.expansion", "mlp.projection"):
      # torch's own order is [out, in].
      self.register(part, "weight", weights[f"{name}{part}.weight"].t().contiguous())
      self.register(part, "bias", weights[f"{name}{part}.bias"])

  def register(self, part, kind, value):
    name = f"{part}.{kind}".replace(".", "_")
    setattr(self, name, torch.nn.Parameter(value.clone()))

  def linear(self, x, part):
    part = part.replace(".", "_")
    return F.linear(x, getattr(self, part + "_weight"), getattr(self, part + "_bias"))

  def norm(self, x, part):
    part = part.replace(".", "_")
    return F.layer_norm(
      x, x.shape[-1:], getattr(self, part + "_gain"), getattr(self, part + "_bias"), 1e-5)

  def forward(self, x, cache=None, length=0):
    batch, count, width = x.shape
    qkv = self.linear(self.norm(x, "attention.norm"), "attention.qkv")
    q, k, v = (
      part.view(batch, count, self.heads, -1).transpose(1, 2) for part in qkv.chunk(3, dim=-1))
    if cache is None:
      mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    else:
      keys, values = cache
      keys[:, :, length:length + count] = k
      values[:, :, length:length + count] = v
      end = length + count
      mixed = F.scaled_dot_product_attention(
        q, keys[:, :, :end], values[:, :, :end], is_causal=count > 1)
    mixed = mixed.transpose(1, 2).reshape(batch, count, width)
    x = x + self.linear(mixed, "attention.projection")
    expanded = F.gelu(self.linear(self.norm(x, "mlp.norm"), "mlp.expansion"), approximate="tanh")
    return x + self.linear(expanded, "mlp.projection")


class Model(torch.nn.Module):
  def __init__(self, path):
    super().__init__()
    weights, metadata = tensors(path)
    self.heads = int(metadata["transformer.heads"])
    self.tokens = torch.nn.Parameter(weights["tokens.weight"].clone())
    self.positions = torch.nn.Parameter(weights["positions.weight"].clone())
    self.blocks = torch.nn.ModuleList(
      Block(weights, f"blocks.{layer}.", self.heads)
      for layer in range(int(metadata["transformer.layers"])))
    self.gain = torch.nn.Parameter(weights["norm.gain"].clone())
    self.bias = torch.nn.Parameter(weights["norm.bias"].clone())
    self.value = torch.nn.Parameter(weights["value.weight"].t().contiguous())
    self.value_bias = torch.nn.Parameter(weights["value.bias"].clone())
    self.policy = torch.nn.Parameter(weights["policy.weight"].t().contiguous())

  def hidden(self, tokens, caches=None, length=0):
    x = F.embedding(tokens, self.tokens) + self.positions[length:length + tokens.shape[1]]
    for index, block in enumerate(self.blocks):
      x = block(x, caches and caches[index], length)
    return F.layer_norm(x, x.shape[-1:], self.gain, self.bias, 1e-5)

  def forward(self, tokens, caches=None, length=0):
    return F.linear(self.hidden(tokens, caches, length), self.tokens)

  def ends(self, tokens, lengths):
    """Value and policy score at the last token of each row."""
    hidden = self.hidden(tokens)
    last = hidden[torch.arange(len(lengths)), lengths - 1]
    return (
      F.linear(last, self.value, self.value_bias).squeeze(-1),
      F.linear(last, self.policy).squeeze(-1))


class Mode:
  """Precision, and whether torch.compile is asked."""

  def __init__(self, name):
    self.name = name
    self.compiled = "compile" in name
    self.autocast = "autocast" in name
    self.dtype = torch.bfloat16 if "pure" in name else torch.float32

  def context(self):
    return torch.autocast("cpu", torch.bfloat16, enabled=self.autocast)


def compiled(function, mode):
  return torch.compile(function) if mode.compiled else function


def inference(folder, mode):
  batch, _ = tensors(folder / "batch.safetensors")
  model = Model(folder / "weights.safetensors").to(mode.dtype)
  run = compiled(model, mode)
  tokens = batch["tokens"].long()

  def call():
    with torch.inference_mode(), mode.context():
      return run(tokens)

  error = (call().float().reshape(batch["logits"].shape) - batch["logits"]).abs().max().item()
  return call, error


def training(folder, mode):
  batch, _ = tensors(folder / "batch.safetensors")
  tokens = batch["tokens"].long()

  def start():
    model = Model(folder / "weights.safetensors").to(mode.dtype)
    run = compiled(model, mode)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
      [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}],
      lr=1e-3, fused=True)

    def call():
      optimizer.zero_grad(set_to_none=True)
      with mode.context():
        logits = run(tokens)[:, :-1]
        loss = F.cross_entropy(logits.flatten(0, 1).float(), tokens[:, 1:].flatten())
      loss.backward()
      optimizer.step()
      return loss.item()

    return call

  call = start()
  error = max(abs(call() - loss) for loss in batch["losses"].tolist())
  return call, error


def decoding(folder, mode):
  batch, _ = tensors(folder / "batch.safetensors")
  model = Model(folder / "weights.safetensors").to(mode.dtype)
  tokens = batch["tokens"].long()
  slots, total = tokens.shape
  steps = batch["logits"].shape[0]
  first = total - steps
  width = model.tokens.shape[1] // model.heads
  caches = [
    tuple(torch.zeros(slots, model.heads, total, width, dtype=mode.dtype) for _ in range(2))
    for _ in model.blocks]
  run = compiled(model, mode)
  with torch.inference_mode(), mode.context():
    model(tokens[:, :first], caches, 0)

  def call():
    with torch.inference_mode(), mode.context():
      return [
        run(tokens[:, place:place + 1], caches, place)[:, 0] for place in range(first, total)]

  error = (torch.stack(call()).float() - batch["logits"]).abs().max().item()
  return call, error


def product(folder, mode):
  batch, _ = tensors(folder / "batch.safetensors")
  a = batch["a"].to(mode.dtype)
  weight = batch["b"].t().contiguous().to(mode.dtype)
  run = compiled(F.linear, mode)

  def call():
    with torch.inference_mode():
      return run(a, weight)

  # Relative to the size of a sum of so many terms.
  error = (call().float() - batch["c"]).abs().max().item() / math.sqrt(a.shape[1])
  return call, error


def queries(path):
  """Waves of (state, options)."""
  data = pathlib.Path(path).read_bytes()
  numbers = iter(struct.unpack(f"<{len(data) // 4}i", data))

  def text():
    return [next(numbers) for _ in range(next(numbers))]

  return [
    [(text(), [text() for _ in range(next(numbers))]) for _ in range(next(numbers))]
    for _ in range(next(numbers))]


def search(folder, mode):
  """One row for each value and for each scored option, padded to the longest of its batch.

  A batch is a state with its options, as in the original; `wave` in the mode makes batches of 64
  states instead, cut at 128 rows.
  """
  batch, _ = tensors(folder / "batch.safetensors")
  model = Model(folder / "weights.safetensors").to(mode.dtype)
  groups = []
  for wave in queries(folder / "queries.bin"):
    states = []
    for state, options in wave:
      rows = [(True, state)]
      if len(options) > 1:  # a single option needs no score
        rows += [(False, state + option) for option in options]
      states.append(rows)
    if "wave" in mode.name:
      rows = [row for rows in states for row in rows]
      groups += [rows[start:start + 128] for start in range(0, len(rows), 128)]
    else:
      groups += states

  def call():
    values, scores = [], []
    with torch.inference_mode(), mode.context():
      for rows in groups:
        lengths = torch.tensor([len(tokens) for _, tokens in rows])
        longest = int(lengths.max())
        padded = torch.tensor([tokens + [0] * (longest - len(tokens)) for _, tokens in rows])
        value, score = model.ends(padded, lengths)
        for (is_value, _), v, s in zip(rows, value.tolist(), score.tolist()):
          if is_value:
            values.append(v)
          else:
            scores.append(s)
    return values, scores

  values, scores = call()
  errors = (torch.sigmoid(torch.tensor(values)) - batch["values"]).abs().max()
  if scores:
    errors = torch.maximum(errors, (torch.tensor(scores) - batch["scores"]).abs().max())
  return call, errors.item()


CASES = {
  "inference": inference, "training": training, "decoding": decoding, "gemm": product,
  "search": search,
}


def main():
  output = os.fdopen(os.dup(1), "w")
  os.dup2(2, 1)  # whatever torch prints goes elsewhere
  calls = {}
  for line in sys.stdin:
    request = json.loads(line)
    torch.set_num_threads(request["threads"])
    name, key = request["case"], request["mode"]
    try:
      if key not in calls:
        calls[key] = CASES[name.split("-")[0]](
          pathlib.Path(request["folder"]), Mode(request["mode"]))
      call, error = calls[key]
      cpu, wall, count = 0.0, 0.0, 0
      while count == 0 or cpu < request["seconds"]:
        start, start_wall = time.process_time(), time.monotonic()
        call()
        cpu += time.process_time() - start
        wall += time.monotonic() - start_wall
        count += 1
      answer = {
        "cpuSeconds": cpu / count, "wallSeconds": wall / count, "calls": count, "error": error}
    except Exception as problem:  # a mode that this build of torch does not offer
      answer = {"problem": f"{type(problem).__name__}: {str(problem).splitlines()[:1]}"}
    answer["torch"] = f"{torch.__version__} {torch.backends.cpu.get_cpu_capability()}"
    print(json.dumps(answer), file=output, flush=True)


main()
