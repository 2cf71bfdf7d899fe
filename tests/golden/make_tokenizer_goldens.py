#!/usr/bin/env python3
"""Write tests/golden/tokenizer/*.json: what the `tokenizers` package makes of hard cases and of 100,000 random strings.

  make_tokenizer_goldens.py ../../../shared/tokenizers        needs: pip install tokenizers

The random strings are not stored: tests/text/random_text.cpp makes the same ones (`random_text` here) from
alphabet.json, and expected.json holds a hash of the ids of each 1,000 of them. small.json is a vocabulary trained here.
"""
import collections, json, lzma, pathlib, sys, unicodedata
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

OUT = pathlib.Path(__file__).resolve().parent / "tokenizer"
N_STRINGS, BATCH = 100_000, 1_000
MASK = (1 << 64) - 1

TRAINING_TEXT = """
First, let me read the question again. We have 12 apples and 345 pears; if she gives away 67 of them, how many are
left? Wait, that's not right: it's 12 + 345 - 67 = 290. So the answer is \\boxed{290}.
    for (int i = 0; i < 1024; ++i) { sum += values[i] * weights[i]; }\n\n\treturn sum / 1024.0;\r\n
We'll check whether they've done what I'd do; you're sure she'll say "don't", aren't you? THEY'RE SURE I'M NOT.
Die Größe der Straße überraschte die Fußgänger. Où étaient les élèves français? ¿Cuántos años tienes, señor?
Привет, как дела? Сколько будет два плюс два? Γειά σου κόσμε. שלום עולם. مرحبا بالعالم ١٢٣.
你好，世界。今天天气很好，我们去公园散步吧。こんにちは世界、元気ですか。안녕하세요 세계.
नमस्ते दुनिया १२३। สวัสดีชาวโลก 😀😃😄 👩‍👩‍👧 e\u0301 a\u0300 ½ Ⅷ ² ™ € — “quoted” …
"""

SNIPPETS = [
    " ", "  ", "   ", "\n", "\r\n", "\r", "\n\n", "\t", " \n", "\n ", " \t\n ", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b",
    "'s", "'S", "'\u017f", "'t", "'T", "'re", "'RE", "'Re", "'ve", "'vE", "'m", "'M", "'ll", "'LL", "'lL", "'d", "'D", "'", "''",
    "'r", "'v", "'l", "\u2019s", "'\u1e9e", "'\u212a", "'\u00df",
    "the", " the", " answer", "Hello", " world", "don", " she", "THEY", "int", "sum", "you", "12", "345", "1024", "007",
    "Größe", "élèves", "Привет", "κόσμε", "שלום", "مرحبا", "你好", "世界", "こんにちは", "안녕", "नमस्ते", "สวัสดี",
    "😀", "👩‍👩‍👧", "e\u0301", "\u0301", "½", "Ⅷ", "²", "١٢٣", "１２３", "_", "__", "...", "!?", "->", "\\boxed{", "}", "//", "#",
    "<think>", "</think>", "<thin", "<", ">", "<think", "think>", "<｜User｜>", "<｜Assistant｜>", "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁sentence｜>", "<｜User", "｜>", "<|eot_id|>", "<|EOT|>", "<tool_call>", "<thinking>", "<th", "\0", "\x7f", "\ufffd", "\ufeff"]
REPEATED = " \n\taA1.'é中\u0301"

HARD = [
    "", " ", "  ", "   ", "\n", "\r\n", " \n", "\n ", "  \n  \n  ", "a  b", "a   b", "a \n b", "a\n\n\nb", "a \t b", "\t\ta", " \u00a0a", "\u00a0\u00a0a",
    "a\u3000b", "a\u2028\u2029b", "\u0085\u0085x", "x\u200by", "end   ", "end \n", "end\n  ", "  start", "\n\n  start", "\r\r\n\n", " \r \n x",
    "it's It'S IT\u2019S it'\u017f 'S's'\u017f", "we'll WE'LL we'Ll we'l we'lx 'LLama", "they're THEY'RE they'r they'ree", "I've I'vE I'v I'd I'D I'm I'M",
    "'", "''", "'''s", "'s't're've'm'll'd", "don't can't won't", "'tis 'twas", "rock'n'roll", "O'Reilly", "x'\u212a", "'\u0130 '\u0131 '\u00df",
    "0", "00", "000", "0000", "1234567890", "12345678901234567890", "3.14159", "1,234,567.89", "1e-10", "٠١٢٣٤٥", "½¾Ⅷ²³", "１２３４", "a1b22c333d4444", "123abc", "abc123",
    "!!!", "!!!\n\n", "!!! \n", "a!b", "a !b", " !", "  !", "...\r\n\r\nx", "->", "=>=<", "#include <stdio.h>\n", "/* x */\n\n\n", "{{}}[]()", "$$x^2$$", "\\boxed{42}\n",
    "_a", "__init__", "snake_case_name", "camelCaseName", "HTTPServer", "a.b.c", "@user", "#tag", "$var", "\"quoted\"", "(paren", "-dash", "\ttab", "\u00a0nbsp",
    "Größe Straße", "élèves e\u0301le\u0300ves", "\u0301a", "a\u0301\u0302\u0303b", "ﬁ ﬂ ﬀ", "ŉ ǰ", "ǅ ǆ Ǆ", "ªº", "ʰʷ", "𝐀𝐁𝐂 𝟏𝟐𝟑", "Ａ Ｂ", "ⅰⅱ",
    "Привет мир", "Γειά σου", "שלום עולם", "مرحبا بالعالم", "你好世界", "你好，世界。", "こんにちは、世界", "안녕하세요 세계", "नमस्ते दुनिया", "สวัสดีชาวโลก", "🇩🇪🇫🇷", "👩‍👩‍👧‍👦", "👍🏽", "❤️", "☃☃☃",
    "\u1c89\u1c8a", "\U0002ebf0\U0002ee5d", "\U00013460\U000143fa", "\U00010d40\U00010d49", "\U000105c0", "\ua7cb\ua7da",
    "\0", "a\0b", "\x01\x02\x7f", "\ufffd", "\ufeffx", "\ufffe\uffff", "\U0010ffff", "\ue000\U000f0000", "\u0378", "\u180e a",
    "<think>", "</think>", "<think>\n\n</think>\n\n", "a<think>b", " <think> ", "<<think>>", "<thin", "<think", "<thinking>", "<th", "<thi", "< think>", "<THINK>",
    "<｜User｜>Hi<｜Assistant｜><think>\n", "<｜begin▁of▁sentence｜>sys<｜User｜>q<｜Assistant｜>a<｜end▁of▁sentence｜>", "<｜User", "<｜User|>", "<|User|>", "｜User｜>",
    "x  <think>  y", "x \n<think>\n y", "it'<think>s", "<think><think></think></think>", "<｜▁pad▁｜>", "<|eot_id|><|EOT|>", "<tool_call>\n{}\n</tool_call>",
    "a" * 47, "a" * 48, "a" * 49, "a" * 1000, "ab" * 500, " " * 1000, " " * 1000 + "x", "\n" * 1000, "1" * 1000, "!" * 1000, "é" * 500, "中" * 500, "😀" * 200,
    "abcdefghijklmnopqrstuvwxyz" * 20, "The quick brown fox jumps over the lazy dog. " * 5, "Donaudampfschifffahrtsgesellschaftskapitänskajütentürschlüssel",
    "hello worldly xyzzy", " zqxj zqxj zqxjq", "zqxj"]


def alphabet():
    """Up to 24 ranges of code points of each general category, evenly picked."""
    ranges = collections.defaultdict(list)
    for c in range(0x110000):
        own = ranges[unicodedata.category(chr(c))]
        if own and own[-1][1] == c - 1:
            own[-1][1] = c
        else:
            own.append([c, c])
    ranges.pop("Cs")
    return {"snippets": SNIPPETS, "repeated": list(REPEATED),
            "categories": [[name, r[::max(1, len(r) // 24)]] for name, r in sorted(ranges.items())]}


class Random:
    """splitmix64"""
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        return (z ^ z >> 31) % n


def random_text(index, letters):
    rng, text = Random((index * 0xD1342543DE82EF95 + 1) & MASK), ""
    for _ in range(1 + rng.below(24)):
        kind = rng.below(8)
        if kind < 2:
            text += letters["snippets"][rng.below(len(letters["snippets"]))]
        elif kind < 4:
            text += chr(0x20 + rng.below(95))
        elif kind < 6:
            _, ranges = letters["categories"][rng.below(len(letters["categories"]))]
            first, last = ranges[rng.below(len(ranges))]
            text += chr(first + rng.below(last - first + 1))
        elif kind < 7:
            c = rng.below(0x110000 - 0x800)
            text += chr(c if c < 0xD800 else c + 0x800)
        else:
            text += letters["repeated"][rng.below(len(letters["repeated"]))] * (1 + rng.below(12))
    return text


def hash_of(ids_of_strings):
    h = 0xCBF29CE484222325
    for ids in ids_of_strings:
        for i in ids:
            h = ((h ^ (i + 1)) * 0x100000001B3) & MASK
        h = (h * 0x100000001B3) & MASK
    return f"{h:016x}"


QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def pretokenizer(pre):
    if pre == "gpt-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    pattern = QWEN2 if pre == "qwen2" else QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def train_small():
    """1,000 tokens, two of them out of every merge's reach, and added tokens that begin alike."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pretokenizer("llama-bpe")
    trained.train_from_iterator([TRAINING_TEXT] * 2, trainers.BpeTrainer(
        vocab_size=998, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    model = json.loads(trained.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get) + ["zqxj", "Ġzqxj"]
    added = [["<｜begin▁of▁sentence｜>", True], ["<｜end▁of▁sentence｜>", True], ["<｜User｜>", False], ["<｜Assistant｜>", False],
             ["<think>", False], ["</think>", False], ["<thinking>", False], ["<th", False], ["…  …", False]]
    return {"tokens": tokens, "merges": [" ".join(m) for m in model["merges"]], "added": added}


def small_tokenizer(small, pre, reverse=False):
    merges = [tuple(m.split(" ")) for m in small["merges"]]
    t = Tokenizer(models.BPE(vocab={x: i for i, x in enumerate(small["tokens"])}, merges=merges[::-1] if reverse else merges,
                             ignore_merges=pre == "llama-bpe"))
    t.pre_tokenizer, t.decoder = pretokenizer(pre), decoders.ByteLevel()
    t.add_tokens([AddedToken(text, special=special, normalized=False) for text, special in small["added"]])
    return t


def main():
    shared = pathlib.Path(sys.argv[1])
    OUT.mkdir(exist_ok=True)
    letters, small = alphabet(), train_small()
    oracles = {name: Tokenizer.from_str(lzma.open(shared / (name + ".json.xz")).read().decode()) for name in ("r1-qwen", "r1-llama")}
    for pre in ("qwen2", "llama-bpe", "gpt-2"):
        oracles["small-" + pre] = small_tokenizer(small, pre)
    oracles["small-reversed"] = small_tokenizer(small, "qwen2", reverse=True)
    texts = [random_text(i, letters) for i in range(N_STRINGS)]
    expected = {}
    for name, t in oracles.items():
        ids = lambda strings: [e.ids for e in t.encode_batch(strings, add_special_tokens=False)]
        expected[name] = {"hard": ids(HARD),
                          "batches": [hash_of(ids(texts[i:i + BATCH])) for i in range(0, N_STRINGS, BATCH)]}
    for name, data in {"alphabet": letters, "small": small, "hard_cases": HARD, "expected": expected}.items():
        (OUT / (name + ".json")).write_text(json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("],[", "],\n[") + "\n")


if __name__ == "__main__":
    main()
