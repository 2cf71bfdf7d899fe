"""The report from made-up measurements: python3 -m unittest, in this folder."""
import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import compare
import measure
import plot
import report
import summary

SETS = ["fast", "slow"]


def point(x, tok_s, share, kind="bandwidth", logits_hash="0123456789abcdef"):
    return {"x": x, "tok_s": {"mean": tok_s, "stddev": 1}, "limit": {"kind": kind, "share": share},
            "logits_hash": logits_hash, "peak_rss": 1e9, "command": f"bench {x}"}


def result(slow_hash="0123456789abcdef"):
    curves = {"prefill": {"fast": [point(32, 300, 0.5, "compute"), point(8192, 200, 0.3, "compute")],
                          "slow": [point(32, 100, 0.8, "compute", slow_hash)]},
              "decode": {"fast": [point(0, 40, 0.9), point(32768, 10, 0.7)], "slow": [point(0, 20, 0.4)]},
              "parallel": {"fast": [point(1, 40, 0.9), point(64, 250, 0.6, "compute")], "slow": [point(1, 20, 0.4)]}}
    return {"file": "a<b>.gguf", "bytes": 1.1e9, "curves": curves, "left_out": ["slow, prefill: 8192"]}


def roofline(isa):
    row = {"limit": "read", "of": "memory", "threads": 2, "bytes": 1, "value": 30.0, "unit": "GB/s"}
    return {"isa": isa, "command": f"RECKON_ISA={isa} roofline", "roofline": [
        row, dict(row, limit="compute", of=f"{isa} int8", value=900.0, unit="GOP/s")]}


def compared(prefill=(200, 200)):
    ours = {"isa": "fast", "prefill": 400, "decode": {"0": 40}}
    theirs = {"version": "1", "system": "S", "decode": {"0": 80}}
    return {"file": "a<b>.gguf", "ours": [dict(ours, first_token_s=0.5), dict(ours, first_token_s=0.7)],
            "theirs": [dict(theirs, first_token_s=1.0, prefill=prefill[0]),
                       dict(theirs, first_token_s=1.5, prefill=prefill[1])]}


class Plot(unittest.TestCase):
    def setUp(self):
        self.text = plot.svg([result(), result()], SETS)
        self.root = ElementTree.fromstring(self.text)

    def elements(self, name):
        return [e for e in self.root.iter() if e.tag.endswith("}" + name)]

    def test_every_point_is_drawn_inside_its_panel(self):
        circles = self.elements("circle")
        self.assertEqual(len(circles), 2 * 9)
        frames = [{k: float(r.get(k)) for k in ("x", "y", "width", "height")} for r in self.elements("rect")
                  if r.get("class") != "paper"]
        self.assertEqual(len(frames), 6)
        for circle in circles:
            x, y = float(circle.get("cx")), float(circle.get("cy"))
            self.assertTrue(any(f["x"] <= x <= f["x"] + f["width"] and f["y"] <= y <= f["y"] + f["height"]
                                for f in frames), (x, y))

    def test_a_greater_speed_is_higher_and_a_longer_prompt_further_right(self):
        panel = plot.Panel(0, 0, "log", result()["curves"]["prefill"])
        self.assertLess(panel.y(300), panel.y(200))
        self.assertLess(panel.x(32), panel.x(8192))

    def test_axes_say_what_they_measure_and_text_from_outside_is_escaped(self):
        texts = [e.text for e in self.elements("text")]
        for label in ("tokens of the prompt", "tokens of context", "sequences at once", "tokens per second", "50 %"):
            self.assertIn(label, texts)
        self.assertIn("a<b>.gguf, 1.1 GB", texts)

    def test_both_colour_modes_colour_everything(self):
        light, dark = self.text.split("@media (prefers-color-scheme: dark)")
        used = {name for e in self.root.iter() for name in (e.get("class") or "").split() if name.startswith("set")}
        self.assertEqual(used, {"set0", "set1"})
        for name in used | {"paper", "small", "grid", "axis"}:
            self.assertIn("." + name, light)
            self.assertIn("." + name, dark)

    def test_ticks_are_round_and_few(self):
        for most in (0.7, 9, 47, 1234, 86000):
            step = plot.tick_step(most)
            self.assertLessEqual(most / step, 5)
            self.assertGreater(most / step, 1.9)


class Report(unittest.TestCase):
    def markdown(self, a_result, compared=None):
        rooflines = [roofline(isa) for isa in SETS]
        return report.markdown([("processor", "P")], rooflines, [a_result], compared, measure.QUICK)

    def test_tables_have_a_cell_per_kernel_set(self):
        text = self.markdown(result())
        self.assertIn("| 32 | 300.0 (50 % c) | 100.0 (80 % c) |", text)
        self.assertIn("| 8,192 | 200.0 (30 % c) |  |", text)
        self.assertIn("slow, prefill: 8192", text)
        self.assertIn("RECKON_ISA=slow roofline", text)

    def test_different_logits_are_said(self):
        self.assertIn("is the same for all kernel sets at all 3 points", self.markdown(result()))
        self.assertIn("differs between kernel sets at 1 of 3", self.markdown(result("f" * 16)))

    def test_ratios_are_above_one_where_reckon_is_faster(self):
        found = compared(prefill=(100, 300))
        self.assertEqual([row[-1] for row in compare.rows(found)], [2, 2, 0.5])
        text = self.markdown(result(), [found])
        self.assertIn("| prefill of 512 tokens | 400.00 tok/s | 200.00 tok/s | 2.00 |", text)
        self.assertIn("| start to first token | 0.50 s | 1.00 s | 2.00 |", text)

    def test_a_crash_of_the_other_engine_is_said(self):
        found = dict(compared(), theirs=[{"failed": "ended by signal 4: "}, {"failed": "ended by signal 4: "}])
        text = self.markdown(result(), [found])
        self.assertIn("did not get through this file: ended by signal 4", text)
        self.assertIn("| prefill of 512 tokens | 400.00 tok/s |  |  |", text)


class Summary(unittest.TestCase):
    def lines(self, compared=None):
        machine = [("processor", "P"), ("threads", "2 of 2 processors"), ("memory", "8 GB")]
        return summary.lines(machine, [roofline(isa) for isa in SETS], [result()], compared, measure.FULL)

    def test_it_has_the_ends_of_each_curve(self):
        text = "\n".join(self.lines())
        self.assertIn("| prompt of 8,192 tokens | 200.0 (30 % c) |  |", text)
        self.assertIn("| generation at 0 tokens of context | 40.0 (90 % b) | 20.0 (40 % b) |", text)
        self.assertIn("| generation at 32,768 tokens of context | 10.0 (70 % b) |  |", text)
        self.assertIn("| 64 sequences together | 250.0 (60 % c) |  |", text)
        self.assertIn("reads 30 GB/s from memory and computes 900 GOP/s", text)

    def test_llama_cpp_gets_a_column(self):
        text = "\n".join(self.lines([compared()]))
        self.assertIn("40.0 (90 % b) | 20.0 (40 % b) | 80.0 to 40.0: 0.50 times |", text)
        self.assertIn("| start to first token | 0.50 s |  | 1.00 to 0.50 s: 2.00 times |", text)

    def test_only_the_marked_part_of_a_readme_changes(self):
        with tempfile.TemporaryDirectory() as directory:
            readme = pathlib.Path(directory) / "README.md"
            readme.write_text(f"before\n{summary.BEGIN}\nold\n{summary.END}\nafter\n")
            for _ in range(2):
                summary.update(readme, self.lines())
                text = readme.read_text()
                self.assertTrue(text.startswith("before\n" + summary.BEGIN))
                self.assertTrue(text.endswith(summary.END + "\nafter\n"))
                self.assertNotIn("old", text)
                self.assertEqual(text.count("64 sequences together"), 1)
            readme.write_text("no marks")
            self.assertRaises(ValueError, summary.update, readme, self.lines())


class FakeBench(measure.Bench):
    """Counts what is measured instead of measuring."""

    def __init__(self, store):
        self.store, self.build, self.threads, self.calls = store, "b", 2, []
        self.results = json.loads(store.read_text()) if store.is_file() else {}

    def run_now(self, file, options, isa=None):
        self.calls.append(options)
        row = {"tok_s": {"mean": 10.0}, "limit": {"kind": "bandwidth", "share": 0.5}, "logits_hash": "0"}
        return {"rows": [row], "limits": {}, "command": "c"}


class Measuring(unittest.TestCase):
    def test_an_interrupted_run_goes_on_where_it_was(self):
        with tempfile.TemporaryDirectory() as directory:
            store, file = pathlib.Path(directory) / "store.json", pathlib.Path(directory) / "m.gguf"
            file.write_bytes(b"x")
            first = FakeBench(store)
            measure.measure_series(first, file, "fast", measure.QUICK, "prefill", 1e9)
            self.assertEqual(len(first.calls), 3)
            second = FakeBench(store)
            measure.measure_model(second, file, ["fast"], measure.QUICK, 1e9)
            self.assertEqual(len(second.calls), 5)  # decode and parallel; prefill is remembered
            file.write_bytes(b"another")
            third = FakeBench(store)
            measure.measure_series(third, file, "fast", measure.QUICK, "prefill", 1e9)
            self.assertEqual(len(third.calls), 3)

    def test_points_that_take_too_long_are_left_out_by_name(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "m.gguf"
            file.write_bytes(b"x")
            bench = FakeBench(pathlib.Path(directory) / "store.json")
            points, left_out = measure.measure_series(bench, file, "fast", measure.FULL, "prefill", 60)
            self.assertEqual([p["x"] for p in points], [32, 128, 512])  # at 10 tok/s
            self.assertEqual(left_out, [2048, 8192])

    def test_what_takes_long_is_measured_once(self):
        short, long = (measure.FULL.options("prefill", 512, speed) for speed in (1000, 10))
        self.assertEqual(short[-2:], ["-r", "3"])
        self.assertEqual(long[-3:], ["-r", "1", "--no-warmup"])


if __name__ == "__main__":
    unittest.main()
