"""What every task makes: a question, a thought, an answer, and the boxed value that can be checked."""
import dataclasses
import hashlib

HELD_OUT = 16  # one problem in 16 is never trained on, and only those are evaluated


@dataclasses.dataclass
class Problem:
    task: str
    key: str       # what is asked, whatever the wording: the same key never is in both splits
    question: str
    thought: str
    answer: str    # a sentence with \boxed{value}
    value: str
    direct: bool = False  # easy enough to be answered without thinking

    def held_out(self):
        return hashlib.sha256(f"{self.task} {self.key}".encode()).digest()[0] % HELD_OUT == 0


def number(rng, most_digits, weights=(2, 3, 4, 5)):
    """A non-negative integer: first its digit count, then its digits."""
    n = rng.choices(range(1, most_digits + 1), weights[:most_digits])[0]
    return rng.randrange(10 ** (n - 1) if n > 1 else 0, 10 ** n)


def boxed(value):
    return f"\\boxed{{{value}}}"


def ask(rng, expression, worded=()):
    """A question about an expression such as 12 + 30, in one of many wordings."""
    tight = expression.replace(" ", "")
    shown = expression if rng.random() < 0.6 else tight
    forms = [f"What is {shown}?", f"What is {shown}?", f"what is {shown}", f"Compute {shown}.", f"Calculate {shown}.",
             f"Calculate {shown}", f"How much is {shown}?", f"{shown}", f"{shown}", f"{shown} = ?", f"{tight}=?",
             f"{shown} =", f"{tight}=", f"Work out {shown}.", f"Evaluate {shown}.", f"Find {shown}.",
             f"Solve {shown}.", f"Please compute {shown}.", f"Can you calculate {shown}?", f"Tell me what {shown} is.",
             f"What's {shown}?", f"What does {shown} equal?", f"{shown}?"]
    return rng.choice(list(worded)) if worded and rng.random() < 0.3 else rng.choice(forms)


def opening(rng, what):
    """what: a plain command such as `add 12 and 30`. One opening is far more likely, so that greedy text is stable."""
    return rng.choices([f"I need to {what}.", f"Let me {what}.", f"Okay, {what}."], [6, 3, 1])[0]
