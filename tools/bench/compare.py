"""reckon and llama.cpp on the same file, with the same tokens and threads, one right after the other."""
import json
import pathlib
import statistics
import subprocess
import sys
import time

from measure import Failed

WORKER = pathlib.Path(__file__).resolve().parent / "llama_cpp_worker.py"
TEXT = "How many whole numbers below fifty are divisible by three?"
PROMPT, GENERATED = 512, 64


def _signal_name(code):
    return f"ended by signal {-code}" if code < 0 else f"ended with status {code}"


def run_worker(python, job):
    """The worker's answer, or {"failed": why}: a crash of the other engine is a result, not an end."""
    done = subprocess.run([python, str(WORKER), json.dumps(job)], capture_output=True, text=True)
    if done.returncode == -2:
        raise KeyboardInterrupt
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return {"failed": f"{_signal_name(done.returncode)}: {last}"}
    return json.loads(done.stdout.splitlines()[-1])


def _first_token_s(bench, file):
    """Wall time of a whole `reckon run` of one token, start of the process included; the best of three."""
    command = [str(bench.command), "run", "-m", str(file), "-t", str(bench.threads), "--raw", "--temp", "0", "-n", "1",
               "--quiet", "--json", TEXT]
    best = None
    for _ in range(3):
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 3):  # 3: the text ended inside the thinking
            raise Failed(f"reckon run: {done.stderr.strip()}")
        seconds = time.perf_counter() - begin
        best = seconds if best is None else min(best, seconds)
    return best


def _measure_file(bench, python, file, plan):
    depths = [0, plan.compare_depth]
    job = {"do": "speed", "file": str(file), "threads": bench.threads, "prompt": PROMPT, "generate": GENERATED,
           "depths": depths, "repetitions": plan.repetitions, "text": TEXT}
    print(f"llama.cpp: {file.name}", file=sys.stderr)
    theirs = run_worker(python, job)
    options = ["-p", str(PROMPT), "-n", "0", "-r", str(plan.repetitions)]
    prefill = bench.run_now(file, options)["rows"][0]
    options = ["-p", "0", "-n", str(GENERATED), "-d", ",".join(map(str, depths)), "-r", str(plan.repetitions)]
    decode = bench.run_now(file, options)["rows"]
    ours = {"isa": prefill["isa"], "first_token_s": _first_token_s(bench, file), "prefill": prefill["tok_s"]["mean"],
            "decode": {str(depth): row["tok_s"]["mean"] for depth, row in zip(depths, decode)}}
    return {"file": file.name, "ours": ours, "theirs": theirs}


def rows(measured):
    """[(what, unit, ours, theirs or None, times better)]"""
    ours, theirs = measured["ours"], measured["theirs"]
    found = [("start to first token", "s", ours["first_token_s"], theirs.get("first_token_s"))]
    prefill = statistics.mean(theirs["prefill"]) if "prefill" in theirs else None
    found.append((f"prefill of {PROMPT} tokens", "tok/s", ours["prefill"], prefill))
    for depth, speed in ours["decode"].items():
        other = statistics.mean(theirs["decode"][depth]) if "decode" in theirs else None
        found.append((f"decode at {int(depth):,} tokens of context", "tok/s", speed, other))
    return [(what, unit, a, b, None if b is None else (b / a if unit == "s" else a / b)) for what, unit, a, b in found]


def compare(bench, python, files, plan):
    return [bench.remembered(file, ["compare", python, plan.name, bench.threads],
                             lambda file=file: _measure_file(bench, python, file, plan)) for file in files]
