"""Accuracy per task on held-out problems, of the exported GGUF file: as a Markdown table.

By default the weights are read back into PyTorch; with --reckon the prompts go through the command instead.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess

import torch

from config import BOS, EOS, EVAL_SEED, THINK_END
from conversation import prompt
from model import greedy
from tasks import TASKS, draw


def held_out_problems(rng, count, tasks=TASKS):
    return [draw(task, rng, held_out=True) for task in tasks for _ in range(count)]


def boxed_value(text):
    """What the last box of the answer holds; thinking does not count."""
    if THINK_END not in text:
        return None
    found = re.findall(r"\\boxed\{([^{}]*)\}", text.split(THINK_END)[-1])
    return found[-1] if found else None


def torch_answers(model, tokenizer, problems, at_once=200):
    """Greedy texts, in the order of the problems. Prompts of like length share a batch."""
    eos = tokenizer.token_to_id(EOS)
    ids = [tokenizer.encode(BOS + prompt(p.question)).ids for p in problems]
    order, texts = sorted(range(len(ids)), key=lambda i: (problems[i].task, len(ids[i]))), [None] * len(ids)
    for start in range(0, len(order), at_once):
        some = order[start:start + at_once]
        for i, new in zip(some, greedy(model, [ids[i] for i in some], eos)):
            texts[i] = tokenizer.decode(new, skip_special_tokens=False)
    return texts


def reckon_answers(command, file, problems):
    """The same through the `reckon` command, one run per problem."""
    texts = []
    for p in problems:
        done = subprocess.run([command, "run", "-m", str(file), "--json", "--temp", "0", "--", p.question],
                              capture_output=True, text=True)  # fails where the output ran out of room
        texts.append(THINK_END + json.loads(done.stdout)["answer"] if done.stdout else "")
    return texts


def accuracy(problems, texts):
    right, count = {}, {}
    for p, text in zip(problems, texts):
        count[p.task] = count.get(p.task, 0) + 1
        right[p.task] = right.get(p.task, 0) + (boxed_value(text) == p.value)
    return {task: right[task] / count[task] for task in count}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("file", type=pathlib.Path, help="the GGUF file")
    ap.add_argument("--count", type=int, default=1000, help="problems per task (default 1000)")
    ap.add_argument("--reckon", help="path of the reckon command")
    ap.add_argument("--wrong", type=int, default=0, help="print so many wrong answers")
    a = ap.parse_args()
    problems = held_out_problems(random.Random(EVAL_SEED), a.count)
    if a.reckon:
        texts = reckon_answers(a.reckon, a.file, problems)
    else:
        from gguf_file import read_model, read_tokenizer
        model = read_model(a.file).eval()
        texts = torch_answers(model, read_tokenizer(a.file), problems)
    shares = accuracy(problems, texts)
    print("| task | accuracy |\n| --- | --- |")
    for task, share in shares.items():
        print(f"| {task} | {share:.1%} |")
    print(f"| all | {sum(shares.values()) / len(shares):.1%} |")
    wrong = [(p, t) for p, t in zip(problems, texts) if boxed_value(t) != p.value]
    for p, text in wrong[:a.wrong]:
        print(f"\n{p.question}\n{text}\n(expected {p.value})")


if __name__ == "__main__":
    main()
