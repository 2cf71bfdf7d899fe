"""What a vote is worth: accuracy of 1, 4 and 16 samples on held-out problems of all tasks, as a Markdown table.

Every problem is put to `reckon vote` once, with the greatest number of samples and without early stop; a vote of
fewer is a vote over its first samples, which is what `reckon vote -k` would give for the same seed.
"""
import argparse
import collections
import concurrent.futures
import json
import math
import random
import subprocess
import sys

from config import EVAL_SEED
from tasks import TASKS, draw

SIZES = (1, 4, 16)


def mixed_problems(rng, count):
    """As many of each task as fit, in turn."""
    tasks = list(TASKS)
    return [draw(tasks[i % len(tasks)], rng, held_out=True) for i in range(count)]


def samples_of(command, file, temperature, seed, question):
    """The final answers of the samples, as (as written, normalised); (None, None) where there is none."""
    done = subprocess.run([command, "vote", "-m", file, "-q", "--json", "--no-early-stop", "-k", str(max(SIZES)),
                           "--temp", str(temperature), "--top-p", "1", "--seed", str(seed), "-t", "1", "--", question],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: no sample has an answer
        raise RuntimeError(f"{question!r}: {done.stderr}")
    return [(s["final_answer"], s["normalised"]) for s in json.loads(done.stdout)["samples"]]


def winner(samples):
    """Of the most frequent answers the earliest, as `reckon vote` has it."""
    votes = collections.Counter(key for _, key in samples if key is not None)
    best = max(votes.values(), default=0)
    return next((answer for answer, key in samples if key is not None and votes[key] == best), None)


def interval(right, count, z=1.96):
    """Wilson's 95 % interval of a share (Wilson, 1927)."""
    share = right / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return centre - half, centre + half


def percent(share):
    return f"{100 * share:.1f} %"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("file", help="the GGUF file")
    ap.add_argument("--reckon", default="build/bin/reckon", help="path of the reckon command")
    ap.add_argument("--count", type=int, default=500, help="problems (default 500)")
    ap.add_argument("--temp", type=float, default=1.0, help="temperature (default 1)")
    ap.add_argument("--jobs", type=int, default=2, help="problems at once, a thread each (default 2)")
    a = ap.parse_args()
    problems = mixed_problems(random.Random(EVAL_SEED), a.count)
    right = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        # A problem's seeds are its own: the samples of two problems share none.
        futures = [pool.submit(samples_of, a.reckon, a.file, a.temp, max(SIZES) * i, p.question)
                   for i, p in enumerate(problems)]
        for i, (problem, future) in enumerate(zip(problems, futures)):
            for size in SIZES:
                right[size] += winner(future.result()[:size]) == problem.value
            if sys.stderr.isatty() or (i + 1) % 50 == 0:
                print(f"{i + 1} of {a.count}: " + ", ".join(f"k={k} {right[k] / (i + 1):.1%}" for k in SIZES),
                      file=sys.stderr)
    print("| samples | accuracy | 95 % interval |\n| --- | --- | --- |")
    for size in SIZES:
        low, high = interval(right[size], a.count)
        print(f"| {size} | {percent(right[size] / a.count)} | {100 * low:.1f} to {percent(high)} |")


if __name__ == "__main__":
    main()
