"""Everything that decides what comes out: tokens, shape, mix of tasks, schedule, seeds."""
import dataclasses

BOS, EOS = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"
USER, ASSISTANT, THINK, THINK_END = "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"
SPECIALS = [EOS, BOS, USER, ASSISTANT, THINK, THINK_END]

TOKENIZER_SEED, WEIGHT_SEED, DATA_SEED, EVAL_SEED = 11, 12, 13, 14

CORES = 2  # parts of a batch that run side by side; another number rounds differently

MIX = {"addition": 12, "subtraction": 13, "multiplication": 10, "division": 14, "comparison": 11, "sequence": 15,
       "expression": 10, "word problem": 14, "remainder": 2, "talk": 4}


@dataclasses.dataclass(frozen=True)
class Shape:
    vocab: int = 1280
    hidden: int = 256
    layers: int = 5
    heads: int = 4
    kv_heads: int = 2
    ffn: int = 768
    context: int = 2048
    rope_theta: float = 1e4
    eps: float = 1e-6

    @property
    def head_dim(self):
        return self.hidden // self.heads


@dataclasses.dataclass(frozen=True)
class Schedule:
    """The learning rate warms up, stays for a while, and then falls linearly to zero."""
    steps: int = 4400
    warmup: int = 100
    decay: float = 0.7          # share of the steps
    tokens: int = 4096          # per step, and twice as many at first
    twice_until: int = 223
    part: int = 512             # tokens that go through the model at once
    matrix_rate: float = 3e-3   # Muon
    other_rate: float = 2e-3    # AdamW: embedding, output, norms, biases
    weight_decay: float = 0.02

    def tokens_at(self, step):
        return self.tokens * (2 if step < self.twice_until else 1)

    def rate(self, step):
        """The share of the full learning rate."""
        fall = (self.steps - step) / (self.decay * self.steps)
        return max(0.0, min(1.0, (step + 1) / self.warmup, fall))
