"""Differences of integers of up to four digits; results and operands may be negative."""
from arithmetic import add_lines
from .addition import difference
from .problem import Problem, ask, boxed, number, opening


def think(rng, a, b):
    start = [opening(rng, f"subtract {b} from {a}")]
    if a >= 0 and b >= 0:
        return start + difference(a, b)
    if a < 0 and b >= 0:
        return start + [f"Both count down, so add {-a} and {b}."] + add_lines(-a, b) + [f"So {a}-{b}={a - b}."]
    if a >= 0:
        return start + [f"Minus a negative is plus: {a}+{-b}."] + add_lines(a, -b)
    return start + [f"Minus a negative is plus: {-b}-{-a}."] + difference(-b, -a)


def make(rng):
    a, b = number(rng, 4), number(rng, 4)
    if a < b and rng.random() < 0.5:
        a, b = b, a
    if rng.random() < 0.12:
        a, b = rng.choice([(-a, b), (a, -b), (-a, -b)])
    right = f"({b})" if b < 0 else str(b)
    question = ask(rng, f"{a} - {right}", [
        f"Subtract {b} from {a}.", f"What is {a} minus {b}?", f"What is the difference {a} minus {b}?",
        f"{a} minus {b}", f"Take {b} away from {a}.", f"What is left if you take {b} from {a}?",
        f"What do you get if you subtract {b} from {a}?"])
    return Problem("subtraction", f"{a} {b}", question, "\n".join(think(rng, a, b)),
                   f"{a} - {right} = {boxed(a - b)}", str(a - b), direct=0 <= b <= a < 100)
