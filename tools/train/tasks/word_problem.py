"""Small stories in English with two or three steps, built from the templates in stories.py."""
from arithmetic import step
from .problem import Problem, boxed
from .stories import NAMES, STORIES, THINGS


def solve(values, steps):
    """Adds the results of the steps to values; None where one is negative, too large or not whole."""
    values = dict(values)
    for _, result, left, op, right in steps:
        a, b = values.get(left, left), values.get(right, right)
        if op == "/" and (b == 0 or a % b):
            return None
        if op == "*" and min(a, b) > 99:
            return None
        values[result] = {"+": a + b, "-": a - b, "*": a * b, "/": a // b if b else 0}[op]
        if not 0 < values[result] <= 9999:
            return None
    return values


def make(rng):
    text, ranges, steps, close = rng.choice(STORIES)
    while True:
        values = solve({k: rng.randint(*r) for k, r in ranges.items()}, steps)
        if values:
            break
    n, m = rng.sample(list(NAMES), 2)
    names = dict(zip(("He", "he", "his", "him"), NAMES[n]), n=n, m=m, t=rng.choice(THINGS))
    question = text.format(**names, **values)
    thought = []
    for label, _, left, op, right in steps:
        a, b = values.get(left, left), values.get(right, right)
        thought.append(f"{label.format(**names, **values)}: {step(op, a, b)}")
    last = steps[-1][1]
    answer = close.format(**names, **{**values, last: boxed(values[last])})
    return Problem("word problem", question, question, "\n".join(thought), answer, str(values[last]))
