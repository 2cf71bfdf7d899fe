"""Products of up to three by two digits, in either order."""
from arithmetic import multiply_lines
from .problem import Problem, ask, boxed, number, opening


def think(rng, a, b):
    long, short = (a, b) if len(str(a)) >= len(str(b)) else (b, a)
    start = [opening(rng, f"multiply {a} by {b}")]
    if min(a, b) < 2:
        return start + [f"Anything times {min(a, b)} is {'itself' if min(a, b) else '0'}.", f"So {a}×{b}={a * b}."]
    turned = [f"{a}×{b}={long}×{short}."] if long != a else []
    return start + turned + multiply_lines(long, short)


def make(rng):
    a, b = number(rng, 3, (2, 3, 4)), number(rng, 2, (2, 3))
    if rng.random() < 0.25:
        a, b = b, a
    sign = rng.choice(["×", "*", "x", "×", "*"])
    question = ask(rng, f"{a} {sign} {b}", [
        f"Multiply {a} by {b}.", f"Multiply {a} and {b}.", f"What is the product of {a} and {b}?",
        f"What is {a} times {b}?", f"{a} times {b}", f"Find the product of {a} and {b}."])
    return Problem("multiplication", f"{min(a, b)} {max(a, b)}", question, "\n".join(think(rng, a, b)),
                   f"{a} × {b} = {boxed(a * b)}", str(a * b), direct=a < 13 and b < 13)
