#!/usr/bin/env python3
"""Logits of small random models as Hugging Face transformers computes them in float32.

  make_logit_goldens.py            writes logits_qwen2.json, logits_llama.json, logits_qwen3.json beside itself
  make_logit_goldens.py --check    compares with the files there instead (other machines round a little differently)

Needs: numpy, torch, transformers. The weights are a function of seed, tensor name and index (`uniform` below), the same
as in tests/model/random_model.cpp: a test there writes them to a GGUF file, so none is kept. Tensor names and rows
are those of the GGUF file; `to_transformers` undoes what a conversion to GGUF does to them.

transformers computes in float32, but for its cache: keys and values are rounded to float16 as they are appended, which
is what reckon's cache holds. What that rounding alone changes is printed, and kept as `f16_cache_effect`.
"""
import argparse
import contextlib
import json
import math
import pathlib
import sys

import numpy as np
import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)
MODELS = {
    "qwen2": (transformers.Qwen2Config, transformers.Qwen2ForCausalLM),
    "llama": (transformers.LlamaConfig, transformers.LlamaForCausalLM),
    "qwen3": (transformers.Qwen3Config, transformers.Qwen3ForCausalLM),
}


# ---- random numbers -------------------------------------------------------------------------------------------------

def fnv1a(text):
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


def bits(seed, name, n):
    """n 64-bit numbers of stream (seed, name): splitmix64."""
    start = np.uint64(fnv1a(name) ^ (seed * int(GOLDEN_RATIO) % 2**64))
    z = start + (np.arange(n, dtype=np.uint64) + np.uint64(1)) * GOLDEN_RATIO
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(seed, name, n):
    """n float32 in [-1, 1), multiples of 2^-23."""
    return ((bits(seed, name, n) >> np.uint64(40)).astype(np.int64) - 2**23).astype(np.float32) * np.float32(2**-23)


def mean_and_scale(name, cols):
    """Tensor values are mean + scale * uniform. Spreads keep all activations near 1 and logits within a few units."""
    if name.endswith("norm.weight"):
        return 1.0, 0.3
    if name.endswith(".bias"):
        return 0.0, 0.5
    if name == "token_embd.weight":
        return 0.0, 0.5
    # Attention adds little to the sum, so that a key rounded the other way (below) stays under 1e-4 in the logits.
    gain = 3.0 if name == "output.weight" else 0.03125 if name.endswith("attn_output.weight") else 1.25
    return 0.0, gain * math.sqrt(3 / cols)


def tensor(case, name, rows, cols):
    """(rows, cols) float32 as the GGUF file of the case has it, rounded to the case's type."""
    mean, scale = (np.float32(v) for v in mean_and_scale(name, cols))
    x = mean + scale * uniform(case["seed"], name, rows * cols)
    x = torch.from_numpy(x).reshape((rows, cols) if rows > 1 else cols)
    kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[case["weight_type"]]
    return x.to(kind).float() if rows > 1 else x


# ---- transformers' model --------------------------------------------------------------------------------------------

def unpermute(x, n_heads):
    """Rows of an attn_q or attn_k of a llama GGUF file (pairs side by side) in transformers' order (halves)."""
    rest = x.shape[1:]
    return x.reshape(n_heads, x.shape[0] // n_heads // 2, 2, *rest).swapaxes(1, 2).reshape(x.shape)


def to_transformers(case):
    """transformers' state dict of the case."""
    c, state = case, {}
    q_rows, kv_rows = c["heads"] * c["head_dim"], c["kv_heads"] * c["head_dim"]
    take = lambda name, rows, cols: tensor(c, name, rows, cols)
    state["model.embed_tokens.weight"] = take("token_embd.weight", c["vocab"], c["hidden"])
    state["model.norm.weight"] = take("output_norm.weight", 1, c["hidden"])
    tied = "model.embed_tokens.weight"
    state["lm_head.weight"] = state[tied] if c["tied"] else take("output.weight", c["vocab"], c["hidden"])
    for layer in range(c["layers"]):
        ours, theirs = f"blk.{layer}.", f"model.layers.{layer}."
        state[theirs + "input_layernorm.weight"] = take(ours + "attn_norm.weight", 1, c["hidden"])
        state[theirs + "post_attention_layernorm.weight"] = take(ours + "ffn_norm.weight", 1, c["hidden"])
        for part, rows, heads in (("q", q_rows, c["heads"]), ("k", kv_rows, c["kv_heads"]), ("v", kv_rows, 0)):
            w = take(f"{ours}attn_{part}.weight", rows, c["hidden"])
            permuted = c["architecture"] == "llama" and heads
            state[f"{theirs}self_attn.{part}_proj.weight"] = unpermute(w, heads) if permuted else w
            if c["architecture"] == "qwen2":
                state[f"{theirs}self_attn.{part}_proj.bias"] = take(f"{ours}attn_{part}.bias", 1, rows)
            if c["architecture"] == "qwen3" and heads:
                state[f"{theirs}self_attn.{part}_norm.weight"] = take(f"{ours}attn_{part}_norm.weight", 1, c["head_dim"])
        state[theirs + "self_attn.o_proj.weight"] = take(ours + "attn_output.weight", c["hidden"], q_rows)
        state[theirs + "mlp.gate_proj.weight"] = take(ours + "ffn_gate.weight", c["ffn"], c["hidden"])
        state[theirs + "mlp.up_proj.weight"] = take(ours + "ffn_up.weight", c["ffn"], c["hidden"])
        state[theirs + "mlp.down_proj.weight"] = take(ours + "ffn_down.weight", c["hidden"], c["ffn"])
    return state


def rope_parameters(case):
    rope = {"rope_type": "default", "rope_theta": case["rope_theta"]}
    if "llama3" in case:
        rope |= {"rope_type": "llama3"} | case["llama3"]
    scaling = case.get("rope_scaling")
    if scaling:
        rope |= {"rope_type": scaling["type"], "factor": scaling["factor"]}
    if scaling and scaling["type"] == "yarn":
        rope["original_max_position_embeddings"] = scaling["original_context_length"]
        for key in ("beta_fast", "beta_slow"):
            if "yarn_" + key in scaling:
                rope[key] = scaling["yarn_" + key]
        # rope.scaling.attn_factor of a GGUF file multiplies YaRN's own magnitude; transformers' attention_factor
        # replaces it. Absent, both are the magnitude alone.
        if "attn_factor" in scaling:
            rope["attention_factor"] = scaling["attn_factor"] * (0.1 * math.log(scaling["factor"]) + 1)
    return rope


def build(case):
    config_class, model_class = MODELS[case["architecture"]]
    config = config_class(
        vocab_size=case["vocab"], hidden_size=case["hidden"], intermediate_size=case["ffn"],
        num_hidden_layers=case["layers"], num_attention_heads=case["heads"], num_key_value_heads=case["kv_heads"],
        head_dim=case["head_dim"], max_position_embeddings=case["context"], rms_norm_eps=case["eps"],
        tie_word_embeddings=case["tied"], rope_parameters=rope_parameters(case), attn_implementation="eager",
        bos_token_id=None, eos_token_id=None, pad_token_id=None)
    model = model_class(config).float().eval()
    assert model.config._attn_implementation == "eager"
    model.load_state_dict(to_transformers(case), strict=True)
    return model


@contextlib.contextmanager
def rotating_only(model, rope_dim):
    """Has transformers rotate the first rope_dim elements of a head alone, as rope.dimension_count of a GGUF file says."""
    module = sys.modules[type(model).__module__]
    rotate_all = module.apply_rotary_pos_emb

    def rotate_some(q, k, cos, sin, **kwargs):
        rotated = rotate_all(q[..., :rope_dim], k[..., :rope_dim], cos, sin, **kwargs)
        return tuple(torch.cat((r, x[..., rope_dim:]), dim=-1) for r, x in zip(rotated, (q, k)))

    rotary = model.model.rotary_emb
    kept = rotary.inv_freq
    rotary.inv_freq = 1 / model.config.rope_parameters["rope_theta"] ** (torch.arange(0, rope_dim, 2).float() / rope_dim)
    module.apply_rotary_pos_emb = rotate_some
    try:
        yield
    finally:
        module.apply_rotary_pos_emb, rotary.inv_freq = rotate_all, kept


class HalfCache(transformers.DynamicCache):
    """Keys and values rounded to float16."""
    def update(self, keys, values, *args, **kwargs):
        return super().update(keys.half().to(keys.dtype), values.half().to(values.dtype), *args, **kwargs)


def forward(model, case, tokens, cache):
    partial = rotating_only(model, case["rope_dim"]) if "rope_dim" in case else contextlib.nullcontext()
    with torch.no_grad(), partial:
        return model(torch.tensor([tokens]), past_key_values=cache, use_cache=True).logits[0]


# ---- cases ----------------------------------------------------------------------------------------------------------

def llama3_factors(case):
    """Divisors of the rotation frequencies that a conversion to GGUF stores as rope_freqs.weight."""
    p, n = case["llama3"], case["head_dim"]
    factors = []
    for i in range(0, n, 2):
        wavelength = 2 * math.pi * case["rope_theta"] ** (i / n)
        turns = p["original_max_position_embeddings"] / wavelength
        smooth = (turns - p["low_freq_factor"]) / (p["high_freq_factor"] - p["low_freq_factor"])
        smooth = min(max(smooth, 0.0), 1.0)
        factors.append(np.float32(1 / ((1 - smooth) / p["factor"] + smooth)))
    return factors


LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
R1_ATTN_FACTOR = 0.8782488562869419  # of DeepSeek-R1-0528-Qwen3-8B: 1 / (0.1 ln 4 + 1)


def case(name, architecture, *, heads, head_dim, hidden, ffn=160, layers=2, tied=False, eps=1e-6, theta=1e4, n=48,
         positions=(0, 17, 47), weight_type="F32", **more):
    n_heads, n_kv_heads = heads
    return {"name": name, "architecture": architecture, "seed": fnv1a(name) % 1000, "weight_type": weight_type,
            "layers": layers, "hidden": hidden, "ffn": ffn, "heads": n_heads, "kv_heads": n_kv_heads,
            "head_dim": head_dim, "vocab": 272, "tied": tied, "eps": eps, "rope_theta": theta, "context": 512,
            **more, "n_tokens": n, "positions": list(positions)}


def yarn(factor, original, **more):
    return {"type": "yarn", "factor": factor, "original_context_length": original, **more}


BEYOND_32 = dict(n=80, positions=(0, 31, 32, 79))
CASES = {
    "qwen2": [
        case("untied", "qwen2", heads=(6, 2), head_dim=32, hidden=96, layers=3),
        case("tied_long", "qwen2", heads=(3, 1), head_dim=64, hidden=128, tied=True, n=300, positions=(63, 64, 255, 256, 299)),
        case("no_groups", "qwen2", heads=(2, 2), head_dim=48, hidden=96, eps=1e-3, theta=1e6),
        case("groups_of_7", "qwen2", heads=(7, 1), head_dim=128, hidden=80, layers=1),
        case("rotated_in_part", "qwen2", heads=(4, 2), head_dim=48, hidden=96, rope_dim=16),
        case("f16", "qwen2", heads=(12, 2), head_dim=16, hidden=96, weight_type="F16"),
        case("linear", "qwen2", heads=(4, 2), head_dim=32, hidden=112, rope_scaling={"type": "linear", "factor": 4.0}),
        case("yarn", "qwen2", heads=(6, 2), head_dim=32, hidden=96, rope_scaling=yarn(4.0, 32), **BEYOND_32),
    ],
    "llama": [
        case("rope_freqs", "llama", heads=(8, 2), head_dim=32, hidden=96, eps=1e-5, theta=5e5, llama3=LLAMA3, **BEYOND_32),
        case("rope_freqs_tied", "llama", heads=(4, 4), head_dim=64, hidden=128, tied=True, theta=1e4,
             llama3=LLAMA3 | {"factor": 32.0, "original_max_position_embeddings": 64}, **BEYOND_32),
        case("plain", "llama", heads=(4, 1), head_dim=16, hidden=64, layers=4, eps=1e-5, theta=5e5),
        case("bf16", "llama", heads=(6, 2), head_dim=32, hidden=96, weight_type="BF16"),
        case("linear", "llama", heads=(6, 3), head_dim=32, hidden=96, rope_scaling={"type": "linear", "factor": 2.5}),
    ],
    "qwen3": [
        case("untied", "qwen3", heads=(6, 2), head_dim=32, hidden=96, layers=3, theta=1e6),
        case("tied", "qwen3", heads=(3, 1), head_dim=64, hidden=80, tied=True, eps=1e-3),
        case("yarn_r1", "qwen3", heads=(6, 2), head_dim=64, hidden=96,
             rope_scaling=yarn(4.0, 32, attn_factor=R1_ATTN_FACTOR), **BEYOND_32),
        case("yarn_own_magnitude", "qwen3", heads=(6, 2), head_dim=64, hidden=96, rope_scaling=yarn(4.0, 32), **BEYOND_32),
        case("yarn_betas", "qwen3", heads=(4, 1), head_dim=64, hidden=96, theta=1e6,
             rope_scaling=yarn(8.0, 256, attn_factor=0.75, yarn_beta_fast=16.0, yarn_beta_slow=2.0), n=300,
             positions=(40, 299)),
    ],
}


# ---- output ---------------------------------------------------------------------------------------------------------

def shortest(x):
    """A double that prints as the shortest text of a float32."""
    return [float(np.format_float_scientific(np.float32(v), unique=True)) for v in x]


def golden(c):
    c = dict(c)
    tokens = [int(b % np.uint64(c["vocab"])) for b in bits(c["seed"], "tokens", c.pop("n_tokens"))]
    if "llama3" in c:
        c["rope_freqs"] = shortest(llama3_factors(c))
    model = build(c)
    plain = forward(model, c, tokens, transformers.DynamicCache())[c["positions"]]
    half = forward(model, c, tokens, HalfCache())[c["positions"]]
    model = model.double()
    plain64 = forward(model, c, tokens, transformers.DynamicCache())[c["positions"]]
    half64 = forward(model, c, tokens, HalfCache())[c["positions"]]
    greatest = lambda a, b: f"{(a - b).abs().max():.1e}"
    print(f"{c['architecture']:6} {c['name']:20} spread {plain.std():.2f}  greatest differences: f32 - f64 "
          f"{greatest(plain, plain64)}, with f16 cache {greatest(half, half64)}; f16 - f32 cache {greatest(half, plain)}")
    c["tokens"] = tokens
    c["f16_cache_effect"] = float(f"{(half - plain).abs().max():.1e}")
    c["logits"] = [shortest(row) for row in half.numpy()]
    return c


def to_text(cases):
    """JSON with a line per field and per row of logits."""
    def field(key, value):
        rows = value if key == "logits" else [value]
        text = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        return f'"{key}":' + (f"[\n{text}]" if key == "logits" else text)
    return "[\n" + ",\n".join("{" + ",\n".join(field(k, v) for k, v in c.items()) + "}" for c in cases) + "]\n"


def check(path, cases):
    for old, new in zip(json.loads(path.read_text()), cases, strict=True):
        for key in new:
            if key == "logits":
                difference = np.abs(np.subtract(old[key], new[key])).max()
                assert difference < 5e-5, (path.name, new["name"], key, difference)
            elif key != "f16_cache_effect":
                assert old[key] == new[key], (path.name, new["name"], key)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for architecture, cases in CASES.items():
        path, results = HERE / f"logits_{architecture}.json", [golden(c) for c in cases]
        if arguments.check:
            check(path, results)
        else:
            path.write_text(to_text(results))


if __name__ == "__main__":
    main()
