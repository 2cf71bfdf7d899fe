"""The generator against Python's own arithmetic. Run: python3 -m unittest (in this folder)."""
import random
import re
import unittest

import arithmetic
from conversation import conversation, text_of
from tasks import ALL, TASKS, boxed, draw
from tasks.problem import HELD_OUT

EQUATION = re.compile(r"(?<![\d+×÷*)-])(-?\d+(?:[-+×÷]\(?-?\d+\)?)+)=(-?\d+)(?![\d+×÷-])")


def value(expression):
    return eval(expression.replace("×", "*").replace("x", "*").replace("÷", "/"))


def problems(task, count=300):
    rng = random.Random(1)
    return [draw(task, rng, held_out=i % 2 == 1) for i in range(count)]


class Thoughts(unittest.TestCase):
    def test_every_equation_of_a_thought_holds(self):
        seen = 0
        for task in ALL:
            for p in problems(task):
                for left, right in EQUATION.findall(p.thought) if task != "remainder" else ():
                    seen += 1
                    self.assertEqual(value(left), int(right), f"{left}={right} in {p.thought}")
        self.assertGreater(seen, 10000)

    def test_columns_of_edge_cases(self):
        for a, b in [(90, 10), (9999, 1), (9999, 9999), (1000, 1), (55, 55), (4000, 3999)]:
            self.assertEqual(arithmetic.add_lines(a, b)[-1], f"So {a}+{b}={a + b}.")
            self.assertEqual(arithmetic.subtract_lines(max(a, b), min(a, b))[-1], f"So {max(a, b)}-{min(a, b)}={abs(a - b)}.")
        self.assertEqual(arithmetic.divide_lines(17, 5)[-1], "So 17÷5=3 with remainder 2.")
        self.assertEqual(arithmetic.compare_lines(-5, -12)[-1], "So 5<12, and -5>-12.")


class Answers(unittest.TestCase):
    def test_each_answer_has_its_value_in_a_box(self):
        for task in ALL:
            for p in problems(task):
                if p.value:
                    self.assertIn(boxed(p.value), p.answer)

    def test_operations(self):
        for task in ("addition", "subtraction", "multiplication", "division", "expression"):
            for p in problems(task):
                self.assertEqual(value(p.answer.split(" = ")[0]), int(p.value), p.answer)

    def test_comparisons(self):
        for p in problems("comparison"):
            numbers = [int(n) for n in re.findall(r"-?\d+", p.question)]
            if p.value in "<=>":
                self.assertTrue(value(f"{numbers[0]} {p.value.replace('=', '==')} {numbers[1]}"))
            elif p.value.lstrip("-").isdigit():
                most = re.search("larg|big|great", p.question)
                self.assertEqual(int(p.value), (max if most else min)(numbers))
            else:
                sign = "<" if re.search("<|less|small", p.question) else ">" if re.search(">|than", p.question) else "=="
                self.assertEqual(p.value in ("yes", "true"), value(f"{numbers[0]} {sign} {numbers[1]}"), p.question)

    def test_sequences_continue(self):
        for p in problems("sequence"):
            t = [int(n) for n in re.findall(r"-?\d+", p.question)] + [int(p.value)]
            d = [b - a for a, b in zip(t, t[1:])]
            grow = {b - a for a, b in zip(d, d[1:])}
            self.assertTrue(len(grow) == 1 or all(a == b for a, b in zip(d, d[2:]))
                            or all(a * t[1] == b * t[0] for a, b in zip(t, t[1:]))
                            or all(a + b == c for a, b, c in zip(t, t[1:], t[2:])), p.question)


class Splits(unittest.TestCase):
    def test_held_out_problems_are_never_drawn_for_training(self):
        for task in TASKS:
            for i, p in enumerate(problems(task)):
                self.assertEqual(p.held_out(), i % 2 == 1)

    def test_about_one_in_many_is_held_out(self):
        rng = random.Random(2)
        share = sum(ALL["addition"](rng).held_out() for _ in range(8000)) / 8000
        self.assertAlmostEqual(share, 1 / HELD_OUT, delta=0.015)


class Conversations(unittest.TestCase):
    def test_form(self):
        rng = random.Random(3)
        for _ in range(500):
            pieces = conversation(rng)
            text = text_of(pieces)
            self.assertEqual(text.count("<think>"), 1)
            self.assertEqual(text.count("</think>"), 1)
            self.assertTrue(pieces[-1][1] and text.endswith("<｜end▁of▁sentence｜>"))
            self.assertFalse(any(learned for _, learned in pieces[:-1]))


if __name__ == "__main__":
    unittest.main()
