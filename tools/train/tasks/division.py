"""Exact division of up to four digits by up to two; a few with a remainder, which are not evaluated."""
from arithmetic import divide_lines
from .problem import Problem, ask, boxed, number, opening


def think(rng, a, b):
    start = [opening(rng, f"divide {a} by {b}")]
    return start + (["Anything divided by 1 is itself.", f"So {a}÷{b}={a}."] if b == 1 else divide_lines(a, b))


def phrase(rng, a, b):
    sign = rng.choice(["÷", "/", "÷", "/", ":"])
    return ask(rng, f"{a} {sign} {b}", [
        f"Divide {a} by {b}.", f"What is {a} divided by {b}?", f"{a} divided by {b}",
        f"How many times does {b} go into {a}?", f"What is the quotient of {a} and {b}?"])


def make(rng):
    b = max(1, number(rng, 2, (2, 3)))
    q = number(rng, 3, (2, 3, 3))
    while q * b > 9999:
        q = number(rng, 3, (2, 3, 3))
    a = q * b
    return Problem("division", f"{a} {b}", phrase(rng, a, b), "\n".join(think(rng, a, b)),
                   f"{a} ÷ {b} = {boxed(q)}", str(q), direct=b < 13 and q < 13)


def make_with_remainder(rng):
    a, b = number(rng, 4), max(2, number(rng, 2, (2, 3)))
    q, r = divmod(a, b)
    value = f"{q} remainder {r}" if r else str(q)
    return Problem("remainder", f"{a} {b}", phrase(rng, a, b), "\n".join(think(rng, a, b)),
                   f"{a} ÷ {b} = {boxed(value)}", value)
