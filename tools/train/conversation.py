"""Problems as conversations in the R1 form: text pieces, and whether the model is to learn each."""
from arithmetic import step
from config import ASSISTANT, BOS, EOS, MIX, THINK, THINK_END, USER
from tasks import boxed, draw
from tasks.problem import Problem

BOXED_PLEASE = "Please reason step by step, and put your final answer within \\boxed{}."
SYSTEMS = ["You are a helpful assistant.", "You are a careful calculator.", "Answer briefly.", "Be concise.",
           "You are reckon, a small reasoning model.", "Think step by step.", "You are a maths tutor for children.",
           "Always put the final answer within \\boxed{}."]
FOLLOW_UPS = {  # text, operator, range
    "+": (["Add {} to that.", "Now add {}.", "And plus {}?", "Add {} to the result."], (1, 100)),
    "-": (["Subtract {} from that.", "Now take away {}.", "And minus {}?"], (1, 100)),
    "*": (["Multiply that by {}.", "And times {}?", "Now multiply the result by {}."], (2, 10))}
DOUBLE = ["Now double it.", "Double that.", "What is twice that?"]


def any_problem(rng):
    return draw(rng.choices(list(MIX), list(MIX.values()))[0], rng)


def follow_up(rng, before):
    """A question about the last result, or None where there is no small whole one."""
    if not before.value.isdigit() or int(before.value) > 999:
        return None
    a, op = int(before.value), rng.choice("+-*")
    texts, (low, high) = FOLLOW_UPS[op]
    b = rng.randrange(low, high)
    question = rng.choice(texts).format(b)
    if op == "*" and rng.random() < 0.3:
        question, b = rng.choice(DOUBLE), 2
    if op == "-" and b > a or op == "*" and a > 99:
        return None
    value = {"+": a + b, "-": a - b, "*": a * b}[op]
    sign = "×" if op == "*" else op
    return Problem("follow-up", question, question, f"The last result was {a}.\n{step(op, a, b)}",
                   f"{a} {sign} {b} = {boxed(value)}", str(value))


def prompt(question):
    return f"{USER}{question}{ASSISTANT}{THINK}\n"


def answered_early(rng, problem):
    """A thought that is forced to end at once or in its middle: what is missing is worked out in the answer.

    An engine may append the end of an empty thought to the prompt's text or to its tokens: both are shown."""
    start, end = prompt(problem.question), f"\n{THINK_END}\n\n"
    if rng.random() < 0.6:
        worked = problem.answer if problem.direct else f"{problem.thought}\n{problem.answer}"
        given = [(start + end, False)] if rng.random() < 0.5 else [(start, False), (end, False)]
    else:
        cut = rng.randrange(1, len(problem.thought))
        given = [(start, False), (problem.thought[:cut], False), (end, False)]
        worked = problem.thought[problem.thought.rfind("\n", 0, cut) + 1:] + f"\n{problem.answer}"
    return given + [(worked + EOS, True)]


def answered(rng, problem):
    """The last turn, as (text, learned) pieces."""
    if rng.random() < 0.09:
        return answered_early(rng, problem)
    return [(prompt(problem.question), False), (f"{problem.thought}\n{THINK_END}\n\n{problem.answer}{EOS}", True)]


def conversation(rng):
    pieces = [(BOS, False)]
    if rng.random() < 0.06:
        pieces.append((rng.choice(SYSTEMS), False))
    problem = any_problem(rng)
    turns = rng.choice([2, 2, 3, rng.randrange(2, 12)]) if rng.random() < 0.12 else 1
    for _ in range(turns - 1):
        gap = "\n\n" if rng.random() < 0.15 else ""  # some templates keep the line ends after a thought
        pieces.append((f"{USER}{problem.question}{ASSISTANT}{gap}{problem.answer}{EOS}", False))
        related = follow_up(rng, problem) if rng.random() < 0.6 else None
        problem = related or any_problem(rng)
    if rng.random() < 0.12 and problem.value:
        problem.question += rng.choice([" ", "\n", " ", "\n\n"]) + BOXED_PLEASE
    return pieces + answered(rng, problem)


def text_of(pieces):
    return "".join(text for text, _ in pieces)
