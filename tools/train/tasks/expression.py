"""Two operations in one expression, with precedence and parentheses, on small numbers."""
from arithmetic import step
from .problem import Problem, ask, boxed

RUN = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
SHOWN = {"+": "+", "-": "-", "*": "×"}


def make(rng):
    while True:
        first, second = rng.choice("+-*"), rng.choice("+-*")
        a, b, c = (rng.randrange(1, 100) if rng.random() < 0.5 else rng.randrange(1, 21) for _ in range(3))
        brackets = rng.choice(["", "", "left", "right"])
        right_first = brackets == "right" or not brackets and second == "*" and first != "*"
        inner = (second, b, c) if right_first else (first, a, b)
        x = RUN[inner[0]](*inner[1:])
        outer = (first, a, x) if right_first else (second, x, c)
        value = RUN[outer[0]](*outer[1:])
        small = all(op != "*" or min(p, q) <= 12 and max(p, q) < 100 for op, p, q in (inner, outer))
        if x >= 0 and value >= 0 and small:
            break
    s, t = SHOWN[first], SHOWN[second]
    shown = {"": f"{a} {s} {b} {t} {c}", "left": f"({a} {s} {b}) {t} {c}", "right": f"{a} {s} ({b} {t} {c})"}[brackets]
    why = "Brackets first" if brackets else "Multiplication first" if right_first else "From the left"
    thought = [f"{why}: {step(*inner)}", f"Then: {step(*outer)}"]
    star = rng.choice(["×", "*", "x"])
    return Problem("expression", shown, ask(rng, shown.replace("×", star)), "\n".join(thought),
                   f"{shown} = {boxed(value)}", str(value))
