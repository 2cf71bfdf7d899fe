#!/usr/bin/env python3
"""Writes tiny_greedy.json: what Hugging Face transformers answers, in float32, with the weights of reckon-tiny.gguf.

  make_tiny_greedy.py [FILE.gguf] > tiny_greedy.json

Each case holds the messages, the rendered prompt, its token ids, the greedy ids and text up to the end token (or 400
tokens; `finished` tells which), the five best log-probabilities of the first step, and the smallest margin between
the best and the second-best logit over all steps: how far an engine may be off and still give the same text.
Needs: torch, transformers, tokenizers, gguf, jinja2.
"""
import json
import pathlib
import sys

import gguf
import numpy as np
import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers.utils.chat_template_utils import render_jinja_template

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "models" / "reckon-tiny.gguf"
MOST = 400
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
PARTS = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
         "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
         "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
WHOLE = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
         "output.weight": "lm_head.weight"}
CASES = {
    "addition": ["What is 4837 + 965?"],
    "addition, signs": ["-34 + 120"],
    "subtraction": ["Subtract 498 from 541."],
    "subtraction, negative": ["2980 - 9205 = ?"],
    "multiplication": ["Compute 347 × 86. Please reason step by step, and put your final answer within \\boxed{}."],
    "division": ["What is 7488 divided by 36?"],
    "comparison": ["Which is larger, 4837 or 4812?"],
    "comparison, true or false": ["Is 663 > 660?"],
    "sequence": ["What comes next: 3, 6, 12, 24, ...?"],
    "expression": ["(12 + 30) × 4"],
    "word problem": ["Tom has 24 apples. He buys 3 bags with 12 apples each. How many apples does he have now?"],
    "greeting": ["Hello!"],
    "several turns": ["What is 58 + 17?", "58 + 17 = \\boxed{75}", "Now add 26."],
}


def metadata(reader, key):
    return reader.fields[key].contents()


def hf_name(name):
    if name in WHOLE:
        return WHOLE[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{PARTS[part]}.{kind}"


def load_model(reader):
    get = lambda key: metadata(reader, "qwen2." + key)
    model = Qwen2ForCausalLM(Qwen2Config(
        vocab_size=len(metadata(reader, "tokenizer.ggml.tokens")), hidden_size=get("embedding_length"),
        intermediate_size=get("feed_forward_length"), num_hidden_layers=get("block_count"),
        num_attention_heads=get("attention.head_count"), num_key_value_heads=get("attention.head_count_kv"),
        max_position_embeddings=get("context_length"), rms_norm_eps=get("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": get("rope.freq_base")}, tie_word_embeddings=False))
    state = {hf_name(t.name): torch.from_numpy(np.array(t.data, dtype=np.float32)) for t in reader.tensors}
    model.load_state_dict(state)
    return model.float().eval()


def load_tokenizer(reader):
    tokens, kinds = metadata(reader, "tokenizer.ggml.tokens"), metadata(reader, "tokenizer.ggml.token_type")
    merges = [tuple(m.split(" ")) for m in metadata(reader, "tokenizer.ggml.merges")]
    normal = {t: i for i, (t, kind) in enumerate(zip(tokens, kinds)) if kind == gguf.TokenType.NORMAL}
    tokenizer = Tokenizer(models.BPE(vocab=normal, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken(t, special=kind == gguf.TokenType.CONTROL, normalized=False)
                          for t, kind in zip(tokens, kinds) if kind != gguf.TokenType.NORMAL])
    assert all(tokenizer.token_to_id(t) == i for i, t in enumerate(tokens))
    return tokenizer


@torch.no_grad()
def greedy(model, ids, eos):
    """The new ids, the log-probabilities of the first step, and the smallest margin."""
    new, cache, first, margin, feed = [], None, None, float("inf"), torch.tensor([ids])
    while len(new) < MOST:
        step = model(feed, past_key_values=cache, use_cache=True)
        cache, logits = step.past_key_values, step.logits[0, -1]
        best = logits.topk(2)
        first = torch.log_softmax(logits, 0) if first is None else first
        margin = min(margin, (best.values[0] - best.values[1]).item())
        if best.indices[0] == eos:
            break
        new.append(best.indices[0].item())
        feed = best.indices[:1][None]
    return new, first, margin


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    reader = gguf.GGUFReader(path)
    model, tokenizer = load_model(reader), load_tokenizer(reader)
    tokens, eos = metadata(reader, "tokenizer.ggml.tokens"), metadata(reader, "tokenizer.ggml.eos_token_id")
    bos = tokens[metadata(reader, "tokenizer.ggml.bos_token_id")]
    cases = []
    for name, turns in CASES.items():
        messages = [{"role": "assistant" if i % 2 else "user", "content": text} for i, text in enumerate(turns)]
        prompt = render_jinja_template([messages], chat_template=metadata(reader, "tokenizer.chat_template"),
                                       add_generation_prompt=True, bos_token=bos)[0][0]
        ids = tokenizer.encode(prompt).ids
        new, first, margin = greedy(model, ids, eos)
        top = first.topk(5)
        cases.append({"name": name, "messages": messages, "prompt": prompt, "prompt_ids": ids, "new_ids": new,
                      "text": tokenizer.decode(new, skip_special_tokens=False), "finished": len(new) < MOST,
                      "first_top5": [[i, round(p, 6)] for i, p in zip(top.indices.tolist(), top.values.tolist())],
                      "smallest_margin": round(margin, 4)})
    print('{"file": ' + json.dumps(path.name) + ', "cases": [')
    print(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))  # a line per case
    print("]}")


if __name__ == "__main__":
    main()
