"""The qwen2 architecture in plain PyTorch, for training and for batched greedy evaluation."""
import torch
import torch.nn.functional as F
from torch import nn


def rope_tables(shape):
    """cos, sin: (context, head_dim), halves repeated."""
    freq = shape.rope_theta ** (-torch.arange(0, shape.head_dim, 2) / shape.head_dim)
    angle = torch.arange(shape.context)[:, None] * freq[None]
    return torch.cat([angle.cos()] * 2, 1), torch.cat([angle.sin()] * 2, 1)


def rotate(x, cos, sin):
    """x: (batch, heads, n, head_dim); cos, sin: broadcastable (..., n, head_dim)."""
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


class Norm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(shape.hidden)), shape.eps

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.eps)


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        kv = shape.kv_heads * shape.head_dim
        self.q = nn.Linear(shape.hidden, shape.hidden)
        self.k = nn.Linear(shape.hidden, kv)
        self.v = nn.Linear(shape.hidden, kv)
        self.o = nn.Linear(shape.hidden, shape.hidden, bias=False)

    def heads(self, x, n):
        return x.view(x.shape[0], x.shape[1], n, self.shape.head_dim).transpose(1, 2)

    def forward(self, x, cos, sin, mask, cache):
        s = self.shape
        q = rotate(self.heads(self.q(x), s.heads), cos, sin)
        k = rotate(self.heads(self.k(x), s.kv_heads), cos, sin)
        v = self.heads(self.v(x), s.kv_heads)
        if cache is not None:
            k, v = cache.extend(k, v)
        y = F.scaled_dot_product_attention(q, k.repeat_interleave(s.heads // s.kv_heads, 1),
                                           v.repeat_interleave(s.heads // s.kv_heads, 1), mask, is_causal=mask is None)
        return self.o(y.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.attn_norm, self.attn = Norm(shape), Attention(shape)
        self.ffn_norm = Norm(shape)
        self.gate = nn.Linear(shape.hidden, shape.ffn, bias=False)
        self.up = nn.Linear(shape.hidden, shape.ffn, bias=False)
        self.down = nn.Linear(shape.ffn, shape.hidden, bias=False)

    def forward(self, x, cos, sin, mask=None, cache=None):
        x = x + self.attn(self.attn_norm(x), cos, sin, mask, cache)
        h = self.ffn_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocab, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape)
        self.output = nn.Linear(shape.hidden, shape.vocab, bias=False)
        cos, sin = rope_tables(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.initialise()

    def initialise(self):
        for name, p in self.named_parameters():
            if p.dim() == 2:
                last = name.endswith(("o.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / (2 * self.shape.layers) ** 0.5 if last else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def hidden(self, ids):
        """ids: (batch, n) -> (batch, n, hidden), causal."""
        x, n = self.embed(ids), ids.shape[1]
        for layer in self.layers:
            x = layer(x, self.cos[:n], self.sin[:n])
        return self.norm(x)

    def loss(self, ids, learned):
        """Mean cross entropy over the positions whose next token is learned. learned: (batch, n) bool of the tokens."""
        at = learned[:, 1:]
        return F.cross_entropy(self.output(self.hidden(ids)[:, :-1][at]).float(), ids[:, 1:][at])


class Cache:
    """Keys and values of one layer, with room for all positions."""

    def __init__(self, batch, room, shape):
        self.k, self.v = (torch.zeros(batch, shape.kv_heads, room, shape.head_dim) for _ in range(2))
        self.used = 0

    def extend(self, k, v):
        end = self.used + k.shape[2]
        self.k[:, :, self.used:end], self.v[:, :, self.used:end] = k, v
        self.used = end
        return self.k[:, :, :end], self.v[:, :, :end]

    def keep(self, rows):
        self.k, self.v = self.k[rows], self.v[rows]


@torch.no_grad()
def greedy(model, prompts, eos, most=400):
    """prompts: lists of token ids -> lists of new ids, without the end token. Prompts are padded on the left."""
    s, width = model.shape, max(map(len, prompts))
    ids = torch.tensor([[eos] * (width - len(p)) + p for p in prompts])
    pad = torch.tensor([width - len(p) for p in prompts])
    caches = [Cache(len(prompts), width + most, s) for _ in range(s.layers)]
    out, rows, start = [[] for _ in prompts], torch.arange(len(prompts)), 0
    for _ in range(most):
        end = start + ids.shape[1]
        at = (torch.arange(start, end)[None] - pad[:, None]).clamp(min=0)
        key, query = torch.arange(end), torch.arange(start, end)
        mask = (key[None, None] <= query[None, :, None]) & (key[None, None] >= pad[:, None, None])
        mask = (mask | (key[None, None] == query[None, :, None]))[:, None]  # padding sees itself, lest it be NaN
        x = model.embed(ids)
        for layer, cache in zip(model.layers, caches):
            x = layer(x, model.cos[at][:, None], model.sin[at][:, None], mask, cache)
        best = model.output(model.norm(x[:, -1])).argmax(-1)
        for row, token in zip(rows.tolist(), best.tolist()):
            if token != eos:
                out[row].append(token)
        going = best != eos
        if not going.any():
            break
        if not going.all():
            rows, pad, best = rows[going], pad[going], best[going]
            for cache in caches:
                cache.keep(going)
        ids, start = best[:, None], end
    return out
