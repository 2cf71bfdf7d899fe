"""Sums of integers of up to four digits, some of them negative."""
from arithmetic import add_lines, compare_lines, subtract_lines
from .problem import Problem, ask, boxed, number, opening


def think(rng, a, b):
    """Any signs. A sum of mixed signs becomes a subtraction."""
    if a >= 0 and b >= 0:
        return [opening(rng, f"add {a} and {b}")] + add_lines(a, b)
    if a < 0 and b < 0:
        return [opening(rng, f"add {a} and {b}"), f"Both are negative, so add {-a} and {-b}."] + add_lines(-a, -b) + [
            f"So {a}+({b})={a + b}."]
    plus, minus = max(a, b), -min(a, b)
    return [opening(rng, f"add {a} and {b}"), f"That is {plus}-{minus}."] + difference(plus, minus)


def difference(a, b):
    """a - b for non-negative a and b, the result possibly negative."""
    compared = compare_lines(a, b)
    if a >= b:
        return compared + subtract_lines(a, b)
    return compared + [f"The result is negative. Take {b}-{a}."] + subtract_lines(b, a) + [f"So {a}-{b}={a - b}."]


def make(rng):
    a, b = number(rng, 4), number(rng, 4)
    if rng.random() < 0.12:
        a, b = rng.choice([(-a, b), (a, -b), (-a, -b)])
    right = f"({b})" if b < 0 else str(b)
    question = ask(rng, f"{a} + {right}", [
        f"Add {a} and {b}.", f"What is the sum of {a} and {b}?", f"What is {a} plus {b}?", f"Add {b} to {a}.",
        f"{a} plus {b}", f"What do you get if you add {a} and {b}?", f"Find the sum of {a} and {b}.",
        f"What is the total of {a} and {b}?"])
    return Problem("addition", f"{min(a, b)} {max(a, b)}", question, "\n".join(think(rng, a, b)),
                   f"{a} + {right} = {boxed(a + b)}", str(a + b), direct=0 <= a < 100 and 0 <= b < 100)
