"""The next number of a sequence: constant, growing or alternating differences, constant ratios, sums of two terms."""
from arithmetic import add_step, minus, multiply_step
from .problem import Problem, boxed


def arithmetic(rng):
    start, d = rng.randrange(0, 60), rng.choice([rng.randrange(1, 13), rng.randrange(1, 13), rng.choice([15, 20, 25, 50, 100])])
    if rng.random() < 0.3:
        start, d = start + 5 * d, -d
    return [start + i * d for i in range(rng.randrange(4, 6))], None


def geometric(rng):
    ratio = rng.choice([2, 2, 2, 3, 3, 4, 5])
    start = rng.randrange(1, {2: 26, 3: 12, 4: 6, 5: 5}[ratio])
    return [start * ratio ** i for i in range(4)], ratio


def growing(rng):
    terms, d, more = [rng.randrange(0, 30)], rng.randrange(1, 8), rng.randrange(1, 5)
    for i in range(rng.randrange(4, 6)):
        terms.append(terms[-1] + d + i * more)
    return terms, None


def alternating(rng):
    terms = [rng.randrange(10, 60)]
    one, two = rng.sample(range(1, 13), 2)
    two *= rng.choice([1, -1])
    for i in range(rng.randrange(4, 7)):
        terms.append(terms[-1] + (two if i % 2 else one))
    return terms, None


def two_before(rng):
    terms = [rng.randrange(1, 10), rng.randrange(1, 10)]
    while len(terms) < 6:
        terms.append(terms[-1] + terms[-2])
    return terms, None


def explain(terms, ratio):
    """The thought and the next term. The rule is read off the differences, as a solver would."""
    d = [b - a for a, b in zip(terms, terms[1:])]
    last = terms[-1]
    onward = lambda d: add_step(last, d) if d >= 0 else minus(last, -d)
    lines = [minus(b, a) for a, b in zip(terms, terms[1:])] + ["Differences: " + ", ".join(map(str, d)) + "."]
    if len(set(d)) == 1:
        return lines + [f"They are all {d[0]}.", onward(d[0])], last + d[0]
    grow = [b - a for a, b in zip(d, d[1:])]
    if len(set(grow)) == 1:
        step = d[-1] + grow[0]
        return lines + [f"They grow by {grow[0]}: {d[-1]}+{grow[0]}={step}.", onward(step)], last + step
    if ratio:
        return lines + ["No pattern, so ratios: " + ", ".join(f"{b}÷{a}={ratio}" for a, b in zip(terms, terms[1:])) + ".",
                        f"They are all {ratio}.", multiply_step(last, ratio)], last * ratio
    if d[0::2] == [d[0]] * len(d[0::2]) and d[1::2] == [d[1]] * len(d[1::2]):
        step = d[len(d) % 2]
        return lines + [f"They alternate, next is {step}.", onward(step)], last + step
    total = last + terms[-2]
    return lines + ["They are the terms before, so each term is the sum of two.", add_step(last, terms[-2])], total


def make(rng):
    form = rng.choices([arithmetic, geometric, growing, alternating, two_before], [5, 3, 2, 2, 1])[0]
    terms, ratio = form(rng)
    lines, value = explain(terms, ratio)
    shown = ", ".join(map(str, terms))
    question = rng.choice([
        f"What comes next: {shown}, ...?", f"What is the next number: {shown}, ?", f"Continue the sequence: {shown}, ...",
        f"What is the next number in the sequence {shown}?", f"Find the next term: {shown}, ...", f"{shown}, ?",
        f"What number comes next in {shown}?", f"Which number comes next? {shown}", f"{shown}, ...",
        f"Give the next term of {shown}.", f"Next number: {shown}"])
    return Problem("sequence", shown, question, "\n".join(lines), f"The next number is {boxed(value)}.", str(value))
