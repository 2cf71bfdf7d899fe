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
PROMPT, GENERATED, ROUNDS = 512, 64, 2
FIRST_TOKEN = "start to first token"


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


def _our_first_token(bench, file, isa):
    """Wall time of a whole `reckon run` of one token, start of the process included."""
    command = [str(bench.command), "run", "-m", str(file), "-t", str(bench.threads), "--raw", "--temp", "0", "-n", "1",
               "--quiet", "--json", TEXT]
    begin = time.perf_counter()
    done = subprocess.run(command, env=bench.environment(isa), capture_output=True, text=True)
    if done.returncode not in (0, 3, 4):  # 3, 4: the text was cut off, in the thinking or after it
        raise Failed(f"reckon run: {done.stderr.strip()}")
    return time.perf_counter() - begin


def _our_round(bench, file, isa, depths):
    prefill = bench.run_now(file, ["-p", str(PROMPT), "-n", "0", "-r", "1"], isa)["rows"][0]
    options = ["-p", "0", "-n", str(GENERATED), "-d", ",".join(map(str, depths)), "-r", "1"]
    decode = bench.run_now(file, options, isa)["rows"]
    return {"isa": prefill["isa"], "prefill": prefill["tok_s"]["mean"],
            "decode": {str(depth): row["tok_s"]["mean"] for depth, row in zip(depths, decode)},
            "first_token_s": _our_first_token(bench, file, isa)}


def _their_round(bench, python, file, depths):
    print(f"llama.cpp: {file.name}", file=sys.stderr)
    job = {"file": str(file), "threads": bench.threads, "prompt": PROMPT, "generate": GENERATED, "depths": depths,
           "text": TEXT}
    speed = run_worker(python, dict(job, do="speed"))
    return speed if "failed" in speed else dict(speed, **run_worker(python, dict(job, do="first_token")))


def _measure_file(bench, python, isa, file, plan):
    """The engines take turns, so that a machine that changes its speed meanwhile changes it for both."""
    depths = [0, plan.compare_depth]
    ours, theirs = [], []
    for _ in range(min(plan.repetitions, ROUNDS)):
        theirs.append(_their_round(bench, python, file, depths))
        ours.append(_our_round(bench, file, isa, depths))
    return {"file": file.name, "ours": ours, "theirs": theirs}


def failure(measured):
    """Why llama.cpp did not get through, or None."""
    return next((found["failed"] for found in measured["theirs"] if "failed" in found), None)


def rows(measured):
    """[(what, unit, ours, theirs or None, how many times better)]: the best start, the mean speeds"""
    failed = failure(measured)

    def row(what, unit, value, summary):
        ours = summary(map(value, measured["ours"]))
        theirs = None if failed else summary(map(value, measured["theirs"]))
        better = None if failed else theirs / ours if unit == "s" else ours / theirs
        return what, unit, ours, theirs, better

    found = [row(FIRST_TOKEN, "s", lambda m: m["first_token_s"], min),
             row(f"prefill of {PROMPT} tokens", "tok/s", lambda m: m["prefill"], statistics.mean)]
    for depth in measured["ours"][0]["decode"]:
        found.append(row(f"decode at {int(depth):,} tokens of context", "tok/s",
                         lambda m, depth=depth: m["decode"][depth], statistics.mean))
    return found


def compare(bench, others, files, plan):
    """others: [(python, kernel set of ours or None for the best)]"""
    return [bench.remembered(file, ["compare in turns", python, isa, plan.name, bench.threads],
                             lambda file=file, python=python, isa=isa: _measure_file(bench, python, isa, file, plan))
            for python, isa in others for file in files]
