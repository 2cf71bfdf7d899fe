"""Which of two or three numbers is larger or smaller, true or false, and the sign between two numbers."""
from arithmetic import compare_lines
from .problem import Problem, boxed, number


def pair(rng):
    """Two numbers, often alike so that the first digits do not decide."""
    a = number(rng, 4)
    b = number(rng, 4)
    kind = rng.random()
    if kind < 0.35 and a > 9:  # same length, same beginning
        text, keep = str(a), rng.randrange(1, len(str(a)))
        b = int(text[:keep] + "".join(str(rng.randrange(10)) for _ in text[keep:]))
    elif kind < 0.45:
        b = a
    elif kind < 0.55 and a > 9:  # the same digits in another order
        text = list(str(a))
        rng.shuffle(text)
        b = int("".join(text))
    if rng.random() < 0.12:
        a = -a
    if rng.random() < 0.12:
        b = -b
    return a, b


def choose(rng):
    a, b = pair(rng)
    while a == b:
        a, b = pair(rng)
    most = rng.random() < 0.5
    value = max(a, b) if most else min(a, b)
    word = rng.choice(["larger", "bigger", "greater"]) if most else rng.choice(["smaller", "less"])
    question = rng.choice([
        f"Which is {word}, {a} or {b}?", f"Which number is {word}: {a} or {b}?", f"Which is {word}: {a} or {b}?",
        f"Is {a} or {b} {word}?", f"What is {word}, {a} or {b}?", f"Of {a} and {b}, which is {word}?",
        f"which one is {word}, {a} or {b}"])
    word = "larger" if most else "smaller"
    thought = [f"I compare {a} and {b}."] + compare_lines(a, b) + [f"The {word} one is {value}."]
    return question, thought, f"The {word} number is {boxed(value)}.", str(value), (a, b)


def choose_of_three(rng):
    a, b = pair(rng)
    c = pair(rng)[rng.randrange(2)]
    most = rng.random() < 0.5
    word = (rng.choice(["largest", "biggest", "greatest"]) if most else rng.choice(["smallest", "lowest"]))
    numbers = rng.choice([f"{a}, {b}, {c}", f"{a}, {b} and {c}", f"{a}, {b} or {c}"])
    question = rng.choice([f"Which is the {word}: {numbers}?", f"Which number is the {word}: {numbers}?",
                           f"What is the {word} of {numbers}?", f"Find the {word} number: {numbers}."])
    best = max(a, b) if most else min(a, b)
    value = max(best, c) if most else min(best, c)
    word = "larger" if most else "smaller"
    thought = ([f"I compare {a} and {b}."] + compare_lines(a, b) + [f"Keep the {word} one, {best}.",
               f"I compare {best} and {c}."] + compare_lines(best, c) + [f"Keep the {word} one, {value}."])
    return question, thought, f"The {word[:-1]}st number is {boxed(value)}.", str(value), (a, b, c)


SAID = {">": ["greater than", "larger than", "bigger than", "more than"], "<": ["less than", "smaller than"],
        "=": ["equal to", "the same as"]}


def judge(rng):
    a, b = pair(rng)
    claim = rng.choice("<>=<>")
    words = rng.choice(SAID[claim])
    space = " " if rng.random() < 0.6 else ""
    question, yes, no = rng.choice([
        (f"Is {a}{space}{claim}{space}{b}?", "yes", "no"), (f"Is {a} {words} {b}?", "yes", "no"),
        (f"True or false: {a}{space}{claim}{space}{b}", "true", "false"),
        (f"True or false: {a} is {words} {b}.", "true", "false"),
        (f"Is it true that {a} is {words} {b}?", "yes", "no"),
        (f"{a}{space}{claim}{space}{b}: true or false?", "true", "false")])
    holds = {"<": a < b, ">": a > b, "=": a == b}[claim]
    sign = "<" if a < b else ">" if a > b else "="
    value = yes if holds else no
    thought = [f"The claim is {a}{claim}{b}."] + compare_lines(a, b) + [
        f"{claim} and {sign} {'agree' if claim == sign else 'differ'}, so {value}."]
    return question, thought, f"The answer is {boxed(value)}.", value, (a, claim, b)


def sign_between(rng):
    a, b = pair(rng)
    sign = "<" if a < b else ">" if a > b else "="
    question = rng.choice([f"Compare {a} and {b}. Answer with <, > or =.", f"Put <, > or = between {a} and {b}.",
                           f"Which sign belongs between {a} and {b}: <, > or =?", f"Compare {a} and {b}.",
                           f"Fill in <, > or =: {a} _ {b}"])
    thought = [f"I compare {a} and {b}."] + compare_lines(a, b)
    return question, thought, f"{a} {boxed(sign)} {b}", sign, (a, b)


def make(rng):
    form = rng.choices([choose, judge, sign_between, choose_of_three], [4, 4, 2, 2])[0]
    question, thought, answer, value, key = form(rng)
    return Problem("comparison", f"{form.__name__} {key}", question, "\n".join(thought), answer, value,
                   direct=form is not choose_of_three)
