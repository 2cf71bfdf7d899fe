"""The byte-level BPE vocabulary, learned on conversations, and the `tokenizers` object built from it."""
import json
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from config import BOS, EOS, SPECIALS, TOKENIZER_SEED
from conversation import conversation, text_of

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def empty(model):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learn(size):
    """The vocabulary (token texts in id order, specials last) and the merges."""
    rng = random.Random(TOKENIZER_SEED)
    texts = (text_of(conversation(rng)) for _ in range(20000))
    for_bpe = empty(models.BPE())

    def parts():
        for text in texts:
            for special in SPECIALS:
                text = text.replace(special, "\0")
            yield from text.split("\0")

    trainer = trainers.BpeTrainer(vocab_size=size - len(SPECIALS), show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    for_bpe.train_from_iterator(parts(), trainer)
    model = json.loads(for_bpe.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get) + SPECIALS
    if len(tokens) != size:
        raise SystemExit(f"only {len(tokens)} of {size} tokens could be learned: choose a smaller vocabulary")
    return tokens, [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]


def build(tokens, merges):
    normal = [t for t in tokens if t not in SPECIALS]
    tokenizer = empty(models.BPE(vocab={t: tokens.index(t) for t in normal}, merges=[tuple(m.split(" ")) for m in merges]))
    tokenizer.add_tokens([AddedToken(t, special=t in (BOS, EOS), normalized=False) for t in tokens if t in SPECIALS])
    return tokenizer


def save(path, tokens, merges):
    path.write_text(json.dumps({"tokens": tokens, "merges": merges}, ensure_ascii=False, indent=0))


def load(path):
    """The tokenizer, its token texts and its merges."""
    kept = json.loads(path.read_text())
    return build(kept["tokens"], kept["merges"]), kept["tokens"], kept["merges"]
