"""Arithmetic spelled out as short thoughts. Every step needs only what stands right before it.

A calculation with columns repeats what is left of its numbers after each column, and the digits found so far: so a step
always reads last digits, and never has to count places. All operands are non-negative unless said otherwise.
"""


def add_lines(a, b):
    """4837+965: the lines 7+5=12: 2 carry 1, left 483+96+1.  3+6+1=10: 02 carry 1, left 48+9+1.  ..."""
    if min(a, b) < 10 and max(a, b) < 100:
        return [f"{a}+{b}={a + b}."]
    lines, found, carry, x, y = [], "", 0, a, b
    while True:
        total = x % 10 + y % 10 + carry
        line = f"{x % 10}+{y % 10}{'+1' if carry else ''}={total}: "
        x, y = x // 10, y // 10
        if not x and not y:
            return lines + [f"{line}{total}{found}.", f"So {a}+{b}={a + b}."]
        carry, found = total // 10, f"{total % 10}{found}"
        lines.append(f"{line}{found}{' carry 1' if carry else ''}, left {x}+{y}{'+1' if carry else ''}.")


def subtract_lines(a, b):
    """a >= b."""
    if b < 10 and a < 20:
        return [f"{a}-{b}={a - b}."]
    lines, found, borrow, x, y = [], "", 0, a, b
    while True:
        left = x % 10 - y % 10 - borrow
        line = f"{'1' if left < 0 else ''}{x % 10}-{y % 10}{'-1' if borrow else ''}={left % 10}: "
        borrow, found, x, y = int(left < 0), f"{left % 10}{found}", x // 10, y // 10
        if not x and not y:
            return lines + [f"{line}{found}.", f"So {a}-{b}={a - b}."]
        lines.append(f"{line}{found}{' borrow 1' if borrow else ''}, left {x}-{y}{'-1' if borrow else ''}.")


def add_step(a, b):
    lines = add_lines(a, b)
    return " ".join(([] if len(lines) == 1 else [f"{a}+{b}."]) + lines)


def subtract_step(a, b):
    """a >= b."""
    lines = subtract_lines(a, b)
    return " ".join(([] if len(lines) == 1 else [f"{a}-{b}."]) + lines)


def times_digit(a, d):
    """The columns of a x d for one digit d, without the closing sentence."""
    parts, found, carry, x = [], "", 0, a
    while True:
        product, total = x % 10 * d, x % 10 * d + carry
        part = f"{x % 10}×{d}={product}" + (f", {product}+{carry}={total}: " if carry else ": ")
        x //= 10
        if not x:
            return f"{a}×{d}. " + " ".join(parts + [f"{part}{total}{found}."])
        carry, found = total // 10, f"{total % 10}{found}"
        parts.append(f"{part}{found}{f' carry {carry}' if carry else ''}, left {x}.")


def multiply_lines(a, b):
    """b has one or two digits."""
    tens, ones = divmod(b, 10)
    if a < 10 and b < 10:
        return [f"{a}×{b}={a * b}."]
    if not tens:
        return [times_digit(a, ones), f"So {a}×{b}={a * b}."]
    high = [times_digit(a, tens) + f" So {a}×{tens}={a * tens} and {a}×{tens}0={a * tens}0."]
    if not ones:
        return high
    return ([f"{a}×{b}={a}×{tens}0+{a}×{ones}."] + high
            + [times_digit(a, ones) + f" So {a}×{ones}={a * ones}.", add_step(a * tens * 10, a * ones),
               f"So {a}×{b}={a * b}."])


def multiply_step(a, b):
    if b > a:
        a, b = b, a
    if b < 2 or a < 10 or b == 10 or a <= 12 and b <= 12:
        return f"{a}×{b}={a * b}."
    return " ".join(multiply_lines(a, b))


def minus(a, b):
    """A subtraction of any sign of result, which takes its columns where it needs them."""
    if a < b:
        return f"{minus(b, a)} So {a}-{b}={a - b}."
    return f"{a}-{b}={a - b}." if a == b or b == 0 else subtract_step(a, b)


def divide_lines(a, b):
    """Long division; says the remainder where there is one."""
    lines = []
    if b >= 10:
        lines.append(f"{b}×1={b}, " + ", ".join(f"×{k}={b * k}" for k in range(2, 10)) + ".")
    text, left = str(a), lambda i: f"({text[i:] or 'none'} left)"
    start = next((i for i in range(1, len(text)) if int(text[:i]) >= b), len(text))
    lines += [f"Take {text[:i]}: too small." for i in range(1, start)]
    rest, lead, found = int(text[:start]), "Take", ""
    for i in range(start, len(text) + 1):
        q = rest // b
        found += str(q)
        lines.append(f"{lead} {rest} {left(i)}: {b}×{q}={b * q}. {minus(rest, b * q)} Now {found}.")
        rest -= b * q
        if i < len(text):
            rest, lead = rest * 10 + int(text[i]), f"Bring down {text[i]}, take"
    if rest:
        return lines + [f"So {a}÷{b}={a // b} with remainder {rest}."]
    return lines + [f"So {a}÷{b}={a // b}."]


def divide_step(a, b):
    """a is a multiple of b."""
    if b == 1 or a // b < 10 and b < 10 or b == 10:
        return f"{a}÷{b}={a // b}."
    return f"{a}÷{b}. " + " ".join(divide_lines(a, b))


def step(op, a, b):
    return {"+": add_step, "-": subtract_step, "*": multiply_step, "/": divide_step}[op](a, b)


def compare_lines(a, b):
    """Any sign. The last line says `a<b`, `a>b` or `a=b`."""
    sign = "<" if a < b else ">" if a > b else "="
    if a < 0 and b < 0:
        inner = compare_lines(-a, -b)
        return ["Both are negative."] + inner[:-1] + [inner[-1][:-1] + f", and {a}{sign}{b}."]
    if a < 0 or b < 0:
        neg, pos = (a, b) if a < 0 else (b, a)
        return [f"{neg} is negative and {pos} is not.", f"So {a}{sign}{b}."]
    m, n = len(str(a)), len(str(b))
    count = lambda k: f"{k} digit" + ("s" if k > 1 else "")
    if m != n:
        return [f"{a} has {count(m)} and {b} has {count(n)}.", f"So {a}{sign}{b}."]
    parts, x, y = [], str(a), str(b)
    while x and x[0] == y[0]:
        parts.append(f"{x[0]}={y[0]}, " + (f"left {x[1:]} and {y[1:]}." if x[1:] else "none left."))
        x, y = x[1:], y[1:]
    if x:
        parts.append(f"{x[0]}{'<' if x < y else '>'}{y[0]}.")
    return [f"Both have {count(m)}. " + " ".join(parts), f"So {a}{sign}{b}."]
