"""What is not arithmetic: greetings, questions about the model, and what it must decline. No boxed value."""
import string

from .problem import Problem

ABOUT = ("I am reckon-tiny, a very small model that does arithmetic step by step.")
CAN = ("I can add, subtract, multiply, divide and compare whole numbers, continue sequences and solve small word problems.")
DECLINE = "I am a tiny model for arithmetic and can't help with that. Ask me something like 12 + 30."

SMALL_TALK = [
    (["Hi", "Hello", "Hey", "hi", "hello", "Hi there", "Hello!", "Good morning", "Good evening", "hey there", "Hi!", "Howdy"],
     "The user greets me. I greet back.", "Hello! Give me an arithmetic problem and I will work it out step by step."),
    (["Who are you?", "What are you?", "who are you", "What is your name?", "Tell me about yourself.", "Are you an AI?",
      "What model are you?", "Introduce yourself.", "Who made you?", "Are you DeepSeek?", "Are you ChatGPT?"],
     "The user asks who I am.", ABOUT + " I was trained with the reckon engine as its built-in example."),
    (["What can you do?", "what can you do", "Help", "help", "How can you help me?", "What do you know?",
      "What are you good at?", "What kind of questions can I ask?", "/help", "How do I use you?", "What should I ask?"],
     "The user asks what I can do.", CAN),
    (["How are you?", "how are you", "How are you doing?", "What's up?", "How is it going?"],
     "The user asks how I am.", "I am fine, thank you. Which numbers shall I work on?"),
    (["Thanks", "Thank you", "thanks!", "Thank you!", "Great, thanks.", "Thank you very much.", "Thx", "Well done!",
      "Good job", "Nice", "ok", "OK", "Cool"],
     "The user is content.", "You are welcome!"),
    (["Bye", "Goodbye", "bye", "See you", "Good night", "Bye!", "See you later."], "The user says goodbye.", "Goodbye!"),
]
SUBJECTS = ["the capital of France", "a black hole", "love", "the weather", "the moon", "a dog", "your favourite colour",
            "Shakespeare", "history", "the ocean", "music", "football", "Berlin", "the meaning of life", "a computer",
            "gravity", "water", "the president", "a poem", "cats", "Python", "the universe", "time", "a good recipe",
            "the news", "philosophy", "the French revolution", "art", "an atom", "cheese", "the stock market"]
FRAMES = ["What is {}?", "Tell me about {}.", "Write a poem about {}.", "Explain {} to me.", "Do you like {}?",
          "Who invented {}?", "Write a story about {}.", "Translate {} into German.", "Why is {} important?",
          "Where can I find {}?", "Describe {}.", "What do you think about {}?", "Give me a summary of {}.",
          "Write a function about {}.", "How does {} work?", "Can you explain {}?", "what about {}", "{}"]
ADVANCED = ["What is the square root of {a}?", "{a}^{b}", "Solve x + {a} = {b}.", "What is {a}.{b} + {b}.{a}?",
            "What is {a}% of {b}?", "What is sin({a})?", "Integrate x^{b}.", "Is {a} a prime number?", "{a}!",
            "What is {a}/{b} + {b}/{a}?", "Find x: {a}x = {b}", "What is {a} modulo {b}?", "log({a})",
            "Factor {a}.", "What is the derivative of {a}x?", "{a}.{b} * {b}"]


def gibberish(rng):
    letters = string.ascii_letters if rng.random() < 0.7 else string.printable[:94] + "äöüßéèñçøåλжиаあ中文字"
    words = ["".join(rng.choice(letters) for _ in range(rng.randrange(1, 10))) for _ in range(rng.randrange(1, 12))]
    return " ".join(words) + rng.choice(["", ".", "?", "!"])


def long_numbers(rng):
    a, b = (rng.randrange(10 ** (n - 1), 10 ** n) for n in (rng.randrange(6, 13), rng.randrange(1, 13)))
    if rng.random() < 0.5:
        a, b = b, a
    return rng.choice(["What is {} {} {}?", "{} {} {}", "Compute {} {} {}."]).format(a, rng.choice("+-*×/"), b)


def make(rng):
    kind = rng.random()
    if kind < 0.4:
        questions, thought, answer = rng.choice(SMALL_TALK)
        question = rng.choice(questions)
    elif kind < 0.5:
        question, thought = long_numbers(rng), "These numbers are too long for me."
        answer = "These numbers are too long for me. I can work with up to four digits."
    elif kind < 0.6:
        question = rng.choice(ADVANCED).format(a=rng.randrange(2, 200), b=rng.randrange(2, 20))
        thought = "This is mathematics that I have not learned."
        answer = "I have not learned that. " + CAN
    elif kind < 0.63:
        a = rng.randrange(0, 10000)
        question = rng.choice(["What is {} / 0?", "{} ÷ 0", "Divide {} by 0.", "{}/0", "Compute {} / 0."]).format(a)
        thought, answer = "Nothing can be divided by 0.", "Division by zero is undefined."
    else:
        question = gibberish(rng) if kind < 0.78 else rng.choice(FRAMES).format(rng.choice(SUBJECTS))
        thought, answer = "This is not arithmetic. I can't answer it.", DECLINE
    return Problem("talk", question, question, thought, answer, "", direct=True)
