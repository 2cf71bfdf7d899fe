"""Arithmetic spelled out as short thoughts. Every step needs only digits that stand nearby in the text.

The long forms (`add_lines`, `subtract_lines`) take a line per column; the short ones (`*_step`) are one sentence and
serve inside larger problems. All operands are non-negative unless said otherwise.
"""
PLACES = ("Ones", "Tens", "Hundreds", "Thousands", "Ten thousands", "Hundred thousands")


def digits(n, width=0):
    """Digits from the lowest, padded with zeros."""
    return [int(c) for c in reversed(str(n))] + [0] * (width - len(str(n)))


def columns(a, b):
    width = max(len(str(a)), len(str(b)))
    return list(zip(digits(a, width), digits(b, width)))


def add_lines(a, b):
    lines, carry = [], 0
    for place, (x, y) in zip(PLACES, columns(a, b)):
        total = x + y + carry
        line = f"{place}: {x}+{y}{'+1' if carry else ''}={total}, write {total % 10}"
        carry = total // 10
        lines.append(line + (", carry 1." if carry else "."))
    if carry:
        lines.append("Write the carry 1.")
    return lines + [f"So {a}+{b}={a + b}."]


def subtract_lines(a, b):
    """a >= b."""
    lines, borrow = [], 0
    for place, (x, y) in zip(PLACES, columns(a, b)):
        less = "-1" if borrow else ""
        left = x - y - borrow
        if left < 0:
            lines.append(f"{place}: {x}{less}-{y} is below 0, so 1{x}{less}-{y}={left + 10}, write {left + 10}, borrow 1.")
        else:
            lines.append(f"{place}: {x}{less}-{y}={left}, write {left}.")
        borrow = 1 if left < 0 else 0
    return lines + [f"So {a}-{b}={a - b}."]


def add_step(a, b):
    if min(a, b) < 10 and max(a, b) < 100 or a % 100 == 0 and b < 100:
        return f"{a}+{b}={a + b}."
    parts, carry = [], 0
    for x, y in columns(a, b):
        total = x + y + carry
        parts.append(f"{x}+{y}{'+1' if carry else ''}={total}")
        carry = total // 10
    return f"{a}+{b}. {', '.join(parts)}. So {a}+{b}={a + b}."


def subtract_step(a, b):
    """a >= b."""
    if b < 10 and a < 100:
        return f"{a}-{b}={a - b}."
    parts, borrow = [], 0
    for x, y in columns(a, b):
        left = x - y - borrow
        ten = "1" if left < 0 else ""
        parts.append(f"{ten}{x}{'-1' if borrow else ''}-{y}={left % 10}")
        borrow = 1 if left < 0 else 0
    return f"{a}-{b}. {', '.join(parts)}. So {a}-{b}={a - b}."


def times_digit(a, d):
    """The columns of a x d for one digit d, without the closing sentence."""
    parts, carry, number = [], 0, digits(a)
    for i, x in enumerate(number):
        product, total = x * d, x * d + carry
        part = f"{x}×{d}={product}" + (f", {product}+{carry}={total}" if carry else "")
        carry = total // 10
        if i + 1 == len(number):
            parts.append(f"{part}, write {total}.")
        else:
            parts.append(f"{part}, write {total % 10}" + (f", carry {carry}." if carry else "."))
    return f"{a}×{d}. " + " ".join(parts)


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


def divide_lines(a, b):
    """Long division; says the remainder where there is one."""
    lines = []
    if b >= 10:
        lines.append(f"{b}×1={b}, " + ", ".join(f"×{k}={b * k}" for k in range(2, 10)) + ".")
    text, left = str(a), lambda i: f"({text[i:] or 'none'} left)"
    start = next((i for i in range(1, len(text)) if int(text[:i]) >= b), len(text))
    lines += [f"Take {text[:i]}: too small." for i in range(1, start)]
    rest, lead = int(text[:start]), "Take"
    for i in range(start, len(text) + 1):
        q = rest // b
        lines.append(f"{lead} {rest} {left(i)}: {b}×{q}={b * q}, {rest}-{b * q}={rest - b * q}, write {q}.")
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
    parts = []
    for x, y in zip(str(a), str(b)):
        parts.append(x + ("=" if x == y else "<" if x < y else ">") + y)
        if x != y:
            break
    return [f"Both have {count(m)}. From the left: {', '.join(parts)}.", f"So {a}{sign}{b}."]
