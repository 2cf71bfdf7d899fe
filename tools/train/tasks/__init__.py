"""The task families. `draw` gives a problem of one of them, from the training or the held-out split."""
from . import addition, comparison, division, expression, multiplication, sequence, subtraction, talk, word_problem
from .problem import Problem, boxed

TASKS = {  # what is evaluated
    "addition": addition.make, "subtraction": subtraction.make, "multiplication": multiplication.make,
    "division": division.make, "comparison": comparison.make, "sequence": sequence.make,
    "expression": expression.make, "word problem": word_problem.make}
ALL = {**TASKS, "remainder": division.make_with_remainder, "talk": talk.make}


def draw(task, rng, held_out=False):
    """talk is not split: it has no answer to check."""
    while True:
        problem = ALL[task](rng)
        if task == "talk" or problem.held_out() == held_out:
            return problem
