"""Trains the model on a fresh stream of problems. Can be killed at any time and continues from its last checkpoint.

The batch of a step depends on the seed and the step's number alone. Writes tokenizer.json, checkpoint.pt and log.txt.
"""
import argparse
import copy
import pathlib
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import torch

import tokenizer as vocabulary
from config import CORES, DATA_SEED, EVAL_SEED, WEIGHT_SEED, Schedule, Shape
from conversation import conversation
from evaluate import accuracy, held_out_problems, torch_answers
from model import Model


def encode(tokenizer, pieces):
    """Token ids, and for each whether it is learned. Pieces meet at special tokens or line ends, so they encode apart."""
    ids, learned = [], []
    for text, learn in pieces:
        new = tokenizer.encode(text).ids
        ids += new
        learned += [learn] * len(new)
    return ids, learned


def batch(tokenizer, schedule, step):
    """The parts of a step, each (ids, learned) padded to its longest row; rows are sorted by length."""
    rng, rows, total, wanted = random.Random(f"{DATA_SEED} {step}"), [], 0, schedule.tokens_at(step)
    while total < wanted:
        ids, learned = encode(tokenizer, conversation(rng))
        if len(ids) <= 1024:
            rows.append((ids, learned))
            total += len(ids)
    rows.sort(key=lambda row: len(row[0]))
    part, parts = [], []
    for row in rows:
        part.append(row)
        if sum(len(ids) for ids, _ in part) >= schedule.part * total / wanted:
            parts.append(part)
            part = []
    return [padded(p) for p in parts + [part] if p]


def padded(rows):
    width = max(len(ids) for ids, _ in rows)
    ids, learned = torch.zeros(len(rows), width, dtype=torch.long), torch.zeros(len(rows), width, dtype=torch.bool)
    for i, (row, learn) in enumerate(rows):
        ids[i, :len(row)], learned[i, :len(row)] = torch.tensor(row), torch.tensor(learn)
    return ids, learned


def optimizers(model, schedule):
    """Muon for the matrices of the layers, AdamW for the rest."""
    matrices = [p for p in model.layers.parameters() if p.dim() == 2]
    chosen = set(map(id, matrices))
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [torch.optim.Muon(matrices, lr=schedule.matrix_rate, weight_decay=schedule.weight_decay,
                             adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=schedule.other_rate, weight_decay=0.0, betas=(0.9, 0.98))]


class Replicas:
    """The model once per core with the same weights and gradients of its own. Each works with one thread: threads that
    share every small product would wait for each other at each of them, above all on a busy machine."""

    def __init__(self, model, count):
        self.models = [model] + [copy.deepcopy(model) for _ in range(count - 1)]
        for replica in self.models[1:]:
            for p, q in zip(model.parameters(), replica.parameters()):
                q.data = p.data
        self.pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))

    def gradients(self, parts):
        """Leaves the gradient of the mean loss over all parts in the first model; returns the loss."""
        count = sum(int(learned[:, 1:].sum()) for _, learned in parts)

        def work(model, some):
            total = 0.0
            for ids, learned in some:
                with torch.autocast("cpu", torch.bfloat16):
                    loss = model.loss(ids, learned) * (int(learned[:, 1:].sum()) / count)
                loss.backward()
                total += loss.item()
            return total

        n = len(self.models)
        total = sum(self.pool.map(work, self.models, [parts[i::n] for i in range(n)]))
        for replica in self.models[1:]:
            for p, q in zip(self.models[0].parameters(), replica.parameters()):
                if q.grad is not None:
                    p.grad.add_(q.grad)
                    q.grad = None
        return total


def train_step(replicas, optims, parts, rate):
    loss = replicas.gradients(parts)
    torch.nn.utils.clip_grad_norm_(replicas.models[0].parameters(), 1.0)
    for optim in optims:
        for group in optim.param_groups:
            group["lr"] = group.setdefault("full_rate", group["lr"]) * rate
        optim.step()
        optim.zero_grad()
    return loss


def watch(model, tokenizer, count):
    """Accuracy per task on a few held-out problems."""
    problems = held_out_problems(random.Random(EVAL_SEED + 1), count)
    return accuracy(problems, torch_answers(model, tokenizer, problems))


def save(path, step, tokens, model, optims):
    unfinished = path.with_suffix(".new")
    torch.save({"step": step, "tokens": tokens, "model": model.state_dict(), "optims": [o.state_dict() for o in optims]},
               unfinished)
    unfinished.rename(path)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path, help="folder for the vocabulary, the checkpoint and the log")
    ap.add_argument("--steps", type=int, help="end the schedule after so many steps (a quick trial)")
    ap.add_argument("--watch", type=int, default=500, help="steps between accuracy reports")
    a = ap.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    shape, schedule = Shape(), Schedule(steps=a.steps) if a.steps else Schedule()
    words = a.out / "tokenizer.json"
    if not words.exists():
        vocabulary.save(words, *vocabulary.learn(shape.vocab))
    tokenizer, _, _ = vocabulary.load(words)
    torch.manual_seed(WEIGHT_SEED)
    model = Model(shape)
    optims, step, tokens = optimizers(model, schedule), 0, 0
    checkpoint = a.out / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        step, tokens = kept["step"], kept["tokens"]
        model.load_state_dict(kept["model"])
        for optim, state in zip(optims, kept["optims"]):
            optim.load_state_dict(state)
    replicas = Replicas(model, CORES)
    log = open(a.out / "log.txt", "a", buffering=1)

    def say(text):
        print(text, flush=True)
        print(text, file=log)

    say(f"from step {step}: {sum(p.numel() for p in model.parameters())} weights")
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    since, before, saved = time.time(), tokens, time.time()
    while step < schedule.steps:
        parts = batch(tokenizer, schedule, step)
        loss = train_step(replicas, optims, parts, schedule.rate(step))
        tokens += sum(ids.numel() for ids, _ in parts)
        step += 1
        if step % 20 == 0:
            speed = (tokens - before) / (time.time() - since)
            say(f"step {step} loss {loss:.4f} rate {schedule.rate(step):.2f} tokens {tokens / 1e6:.2f}M {speed:.0f}/s")
            since, before = time.time(), tokens
        if stop or step == schedule.steps or time.time() - saved > 120:
            save(checkpoint, step, tokens, model, optims)
            saved = time.time()
        if stop:
            break
        if step % a.watch == 0:
            shares = watch(model, tokenizer, 50)
            say("  " + ", ".join(f"{task} {share:.0%}" for task, share in shares.items()))
            since = time.time()


if __name__ == "__main__":
    main()
