"""Runs `reckon bench`, point by point, and keeps the results in a file so that an interrupted run can go on."""
import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys

PANELS = ("prefill", "decode", "parallel")


class Failed(Exception):
    """A command ended with an error; the message says which and how."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """The points of the three panels, and what each of them runs."""
    name: str
    prompts: tuple      # tokens of a prompt
    depths: tuple       # tokens in the cache while generating
    parallel: tuple     # sequences at once
    shared: int         # tokens of their common prompt
    generated: int      # tokens per sequence
    repetitions: int
    compare_depth: int
    long_run: float = 2     # seconds; what takes longer is measured once, without a run to warm up

    def points(self, panel):
        return {"prefill": self.prompts, "decode": self.depths, "parallel": self.parallel}[panel]

    def options(self, panel, x, speed=None):
        """bench's options for one point; speed: tokens per second at the point before it."""
        test = {"prefill": ["-p", x, "-n", 0],
                "decode": ["-p", 0, "-n", self.generated, "-d", x],
                "parallel": ["-p", 0, "-n", self.generated, "-d", self.shared, "--parallel", x]}[panel]
        runs = ["-r", 1, "--no-warmup"] if self._once(panel, x, speed) else ["-r", self.repetitions]
        return [str(option) for option in test + runs]

    def _run_seconds(self, panel, x, speed):
        tokens = {"prefill": x, "decode": self.generated, "parallel": self.generated * x}[panel]
        return tokens / speed

    def _once(self, panel, x, speed):
        return speed is not None and self._run_seconds(panel, x, speed) > self.long_run

    def seconds(self, panel, x, speed):
        """What a point takes when it is as fast as the one before it."""
        runs = 1 if self._once(panel, x, speed) else self.repetitions + 1
        return runs * self._run_seconds(panel, x, speed)


FULL = Plan("full", prompts=(32, 128, 512, 2048, 8192),
            depths=(0, 4096, 16384, 32768), parallel=(1, 2, 4, 8, 16, 32, 64), shared=128,
            generated=32, repetitions=3, compare_depth=4096)
QUICK = Plan("quick", prompts=(32, 128, 512), depths=(0, 1024), parallel=(1, 4, 16), shared=128, generated=16,
             repetitions=1, compare_depth=1024)


def display(command, isa=None):
    """A command as a reader would type it: without the directory of the model's file."""
    words = [pathlib.Path(word).name if word.endswith(".gguf") else word for word in command]
    words[0] = "build/bin/reckon"
    return (f"RECKON_ISA={isa} " if isa else "") + " ".join(words)


class Bench:
    """The built command, and what it measured before: results belong to one binary, one file and one command."""

    def __init__(self, root, threads, fresh):
        self.command = root / "build/bin/reckon"
        self.store = root / "build/bench-report.json"
        if not self.command.is_file():
            raise Failed(f"{self.command} is not built")
        self.build = hashlib.sha256(self.command.read_bytes()).hexdigest()[:16]
        self.results = {} if fresh or not self.store.is_file() else json.loads(self.store.read_text())
        self.threads = threads or self._inspect_machine()["threads"]

    def _inspect_machine(self):
        return self._run([str(self.command), "inspect", "--json"])["machine"]

    def kernel_sets(self):
        """Names of the kernel sets that this machine runs, best first."""
        return [s["name"] for s in self._inspect_machine()["instruction_sets"] if s["supported"]]

    @staticmethod
    def environment(isa):
        return dict(os.environ, **({"RECKON_ISA": isa} if isa else {}))

    def _run(self, command, isa=None):
        done = subprocess.run(command, env=self.environment(isa), capture_output=True, text=True)
        if done.returncode < 0 or done.returncode == 130:
            raise KeyboardInterrupt if done.returncode in (-2, 130) else Failed(
                f"{display(command, isa)}: ended by signal {-done.returncode}")
        if done.returncode != 0:
            raise Failed(f"{display(command, isa)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def remembered(self, file, what, make):
        """The result of make(), or what it was when this was measured before."""
        status = file.stat()
        key = json.dumps([self.build, file.name, status.st_size, status.st_mtime_ns, what])
        if key not in self.results:
            self.results[key] = make()
            self._save()
        return self.results[key]

    def _save(self):
        unfinished = self.store.with_suffix(".new")
        unfinished.write_text(json.dumps(self.results, indent=1))
        unfinished.replace(self.store)

    def run_now(self, file, options, isa=None):
        """The result of `reckon bench`, with the command that gave it."""
        command = [str(self.command), "bench", "-m", str(file), "-t", str(self.threads), *options, "-q", "-o", "json"]
        print(display(command, isa), file=sys.stderr)
        return dict(self._run(command, isa), command=display(command, isa))

    def bench(self, file, isa, options):
        """The same, or what it was when this was measured before."""
        return self.remembered(file, [isa, self.threads, *options], lambda: self.run_now(file, options, isa))

    def roofline(self, file, isa):
        return self.bench(file, isa, ["--roofline"])

    def row(self, file, isa, options):
        """The only row of a bench run."""
        result = self.bench(file, isa, options)
        return dict(result["rows"][0], command=result["command"], limits=result["limits"])


def measure_series(bench, file, isa, plan, panel, patience):
    """[{x, tok_s, ...}] of one curve, and the points left out because they would take too long."""
    points, left_out, speed = [], [], None
    for x in plan.points(panel):
        if speed and plan.seconds(panel, x, speed) > patience:
            left_out.append(x)
            continue
        row = bench.row(file, isa, plan.options(panel, x, speed))
        speed = row["tok_s"]["mean"]
        points.append(dict(row, x=x))
    return points, left_out


def measure_model(bench, file, sets, plan, patience):
    """{file, model, curves: {panel: {isa: points}}, left_out: [text]}"""
    result = {"file": file.name, "bytes": file.stat().st_size, "curves": {panel: {} for panel in PANELS},
              "left_out": []}
    for isa in sets:
        for panel in PANELS:
            points, left_out = measure_series(bench, file, isa, plan, panel, patience)
            result["curves"][panel][isa] = points
            if left_out:
                result["left_out"].append(f"{isa}, {panel}: {', '.join(map(str, left_out))}")
    return result
