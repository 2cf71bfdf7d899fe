#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets that are not found by fuzzing: seeds/TARGET/made-*.

    python3 tests/fuzz/make_seeds.py
"""
import json
import pathlib
import re
import struct

import seed_texts

HERE = pathlib.Path(__file__).parent
SEEDS = HERE / "seeds"
TEMPLATES = HERE.parent / "golden" / "template_features.json"

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
NUMBERS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?", U64: "Q", I64: "q", F64: "d"}
TYPE_F32, TYPE_F16, TYPE_Q8_0 = 0, 1, 8
PAGE_POSITIONS = 64


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(data)) + data


def scalar(kind, value):
    return text(value) if kind == STRING else struct.pack("<" + NUMBERS[kind], value)


def key(name, kind, value):
    """A pair of a GGUF file; a list is an array of `kind`."""
    if not isinstance(value, list):
        return text(name) + struct.pack("<I", kind) + scalar(kind, value)
    items = b"".join(scalar(kind, v) for v in value)
    return text(name) + struct.pack("<IIQ", ARRAY, kind, len(value)) + items


class Gguf:
    def __init__(self, version=3):
        self.version, self.keys, self.tensors, self.end = version, [], [], 0

    def add(self, name, kind, value):
        self.keys.append(key(name, kind, value))
        return self

    def tensor(self, name, kind, *shape):
        size = {TYPE_F32: 4, TYPE_F16: 2, TYPE_Q8_0: 34 / 32}[kind]
        for length in shape:
            size *= length
        self.tensors.append(text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, self.end))
        self.end = (self.end + int(size) + 31) // 32 * 32
        return self

    def head(self):
        counts = struct.pack("<IQQ", self.version, len(self.tensors), len(self.keys))
        return b"GGUF" + counts + b"".join(self.keys) + b"".join(self.tensors)

    def whole(self):
        head = self.head()
        return head + bytes(-len(head) % 32 + self.end)


def byte_tokens():
    def stands_for_itself(b):
        return 33 <= b <= 126 or 161 <= b <= 172 or b >= 174

    others = iter(range(256, 512))
    return [chr(b) if stands_for_itself(b) else chr(next(others)) for b in range(256)]


def with_vocabulary(file, pre):
    tokens = byte_tokens() + ["in", "th", "the", "<bos>", "<eos>", "<think>", "</think>"]
    file.add("tokenizer.ggml.model", STRING, "gpt2").add("tokenizer.ggml.pre", STRING, pre)
    file.add("tokenizer.ggml.tokens", STRING, tokens)
    file.add("tokenizer.ggml.token_type", I32, [1] * 259 + [3, 3, 4, 4])
    file.add("tokenizer.ggml.merges", STRING, ["i n", "t h", "th e"])
    file.add("tokenizer.ggml.bos_token_id", U32, 259).add("tokenizer.ggml.eos_token_id", U32, 260)
    file.add("tokenizer.chat_template", STRING, "{{ bos_token }}{{ messages[0].content }}<think>\n")
    return file, len(tokens)


def model(architecture, kind, pre, more=()):
    """Keys and tensors of one layer, hidden size 32, two heads of 16."""
    file, n_vocab = with_vocabulary(Gguf().add("general.architecture", STRING, architecture), pre)
    for name, value in {"block_count": 1, "embedding_length": 32, "feed_forward_length": 32, "context_length": 64,
                        "attention.head_count": 2, "attention.head_count_kv": 1, **dict(more)}.items():
        number = U32 if isinstance(value, int) else F32 if isinstance(value, float) else STRING
        file.add(f"{architecture}.{name}", number, value)
    file.add(f"{architecture}.attention.layer_norm_rms_epsilon", F32, 1e-6)
    if architecture == "llama":
        file.add("llama.rope.dimension_count", U32, 16).tensor("rope_freqs.weight", TYPE_F32, 8)
    file.tensor("token_embd.weight", kind, 32, n_vocab).tensor("output_norm.weight", TYPE_F32, 32)
    parts = {"attn_norm": (32,), "attn_q": (32, 32), "attn_k": (32, 16), "attn_v": (32, 16), "attn_output": (32, 32),
             "ffn_norm": (32,), "ffn_gate": (32, 32), "ffn_up": (32, 32), "ffn_down": (32, 32)}
    if architecture == "qwen3":
        parts.update(attn_q_norm=(16,), attn_k_norm=(16,))
    for name, shape in parts.items():
        file.tensor(f"blk.0.{name}.weight", TYPE_F32 if len(shape) == 1 else kind, *shape)
    if architecture == "qwen2":
        for name, length in {"q": 32, "k": 16, "v": 16}.items():
            file.tensor(f"blk.0.attn_{name}.bias", TYPE_F32, length)
    return file


def containers():
    """Small files with every kind of value."""
    values = [(U8, 1), (I8, -1), (U16, 2), (I16, -2), (U32, 3), (I32, -3), (F32, 0.5), (BOOL, True), (STRING, "text"),
              (U64, 4), (I64, -4), (F64, 0.25)]
    one, two = Gguf().add("general.alignment", U32, 64), Gguf(version=2)
    for kind, value in values:
        one.add(f"k{kind}", kind, value)
        two.add(f"a{kind}", kind, [value, value])
    one.tensor("a.weight", TYPE_F32, 3, 2)
    two.tensor("b", TYPE_Q8_0, 32, 2, 1, 2).tensor("c.bias", TYPE_F16, 5)
    split = Gguf().add("split.no", U16, 0).add("split.count", U16, 1).add("split.tensors.count", I32, 0)
    return [one.whole(), two.whole(), split.whole(), Gguf().whole()]


def saved_text(messages, settings):
    pairs = struct.pack("<Q", len(messages)) + b"".join(text(a) + text(b) for a, b in messages)
    pairs += struct.pack("<Q", len(settings)) + b"".join(text(a) + text(b) for a, b in settings)
    return text("small") + struct.pack("<qQB", 1_700_000_000, 0, 0) + pairs


def state(tokens, positions, pages, turn=None, identity=""):
    """turn: prompt tokens, in thought, seed, draws, added budget, inserted from, inserted, thought's end"""
    kind = text(identity) + struct.pack("<BIQQ", 0, 1, PAGE_POSITIONS, 4096)
    listed = struct.pack("<Q", len(tokens)) + struct.pack(f"<{len(tokens)}i", *tokens)
    turned = struct.pack("<B", 0) if turn is None else struct.pack("<BQBQQQQQB", 1, *turn)
    return kind + listed + struct.pack("<Q", positions) + turned + struct.pack("<Q", pages) + bytes(8 * pages)


def sessions():
    words = saved_text([("user", "in the inn"), ("assistant", "so"), ("user", "and?")], [("temp", "0.5"), ("stop", "x")])
    turn = (4, 1, 42, 5, 0, 0, 0, 0)
    closed = (4, 1, 42, 5, 7, 2, 3, 2)
    states = [state([], 0, 0), state([256, 257, 5], 3, 1), state(list(range(70)), 70, 2),
              state([261, 256, 258, 10, 97, 98, 99], 6, 1, turn), state([261, 256, 258, 10, 97, 98, 11, 262, 10], 0, 0, closed),
              state([1, 2], 2, 1, identity="a" * 32)]
    made = [bytes([1]) + struct.pack("<H", len(words)) + words + s for s in states]
    return made + [b"\0rcknkv\x1a\n" + bytes(8), bytes([1, 9, 0]) + bytes(9)]


def prompt_caches():
    prompt = [i % 50 + 100 for i in range(130)]
    states = [state(prompt, 130, 3), state(prompt[:70], 70, 2), state(prompt[:66] + [1] * 20, 86, 2),
              state(prompt[:70], 8, 1, (4, 0, 1, 0, 0, 0, 0, 0))]
    return [bytes([1]) + s for s in states] + [b"\0rcknkv\x1a\n" + bytes(8)]


def templates():
    """Cases of the golden file that use a name or an operator no case before them uses, some to a seed."""
    seen, chosen = set(), []
    for case in json.loads(TEMPLATES.read_text()):
        words = set(re.findall(r"[A-Za-z_]+|[^\sA-Za-z_0-9]+", case["template"])) - seen
        if case["variables"] or "output" not in case or not words or len(case["template"]) > 160:
            continue
        seen |= words
        chosen.append(case["template"])
    size = 16
    return ["\n".join(chosen[i:i + size]) + "\0in\0out\0" for i in range(0, len(chosen), size)]


def main():
    kinds = [model("qwen2", TYPE_Q8_0, "qwen2"), model("llama", TYPE_F16, "llama-bpe"),
             model("qwen3", TYPE_F16, "deepseek-r1-qwen",
                   {"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0, "rope.scaling.original_context_length": 32})]
    seeds = {"gguf": containers(), "model": [m.head() for m in kinds], "session": sessions(),
             "prompt_cache": prompt_caches(), "template": templates(), **seed_texts.SEEDS}
    seeds["template"] += seed_texts.TEMPLATES
    for target, inputs in seeds.items():
        folder = SEEDS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("made-*"):
            old.unlink()
        for i, data in enumerate(inputs):
            (folder / f"made-{i:02}").write_bytes(data if isinstance(data, bytes) else data.encode())


if __name__ == "__main__":
    main()
