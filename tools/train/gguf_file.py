"""The model as a GGUF file: writing it, and reading weights and vocabulary back."""
import pathlib

import gguf
import numpy as np
import torch

import tokenizer as vocabulary
from config import BOS, EOS, SPECIALS, Shape
from model import Model

NAMES = {"embed": "token_embd", "norm": "output_norm", "output": "output", "attn_norm": "attn_norm", "ffn_norm": "ffn_norm",
         "attn.q": "attn_q", "attn.k": "attn_k", "attn.v": "attn_v", "attn.o": "attn_output", "gate": "ffn_gate",
         "up": "ffn_up", "down": "ffn_down"}
TEMPLATE = pathlib.Path(__file__).with_name("chat_template.jinja")


def tensor_name(parameter):
    """layers.3.attn.q.bias -> blk.3.attn_q.bias"""
    name, kind = parameter.rsplit(".", 1)
    if name.startswith("layers."):
        _, layer, name = name.split(".", 2)
        return f"blk.{layer}.{NAMES[name]}.{kind}"
    return f"{NAMES[name]}.{kind}"


def write(path, model, tokens, merges):
    s = model.shape
    w = gguf.GGUFWriter(str(path), "qwen2")
    w.add_type("model")
    w.add_name("reckon-tiny")
    w.add_description("A tiny reasoning model for arithmetic in the conversation form of the R1 distills.")
    w.add_license("apache-2.0")
    w.add_languages(["en"])
    w.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    w.add_quantization_version(gguf.GGML_QUANT_VERSION)
    w.add_context_length(s.context)
    w.add_embedding_length(s.hidden)
    w.add_block_count(s.layers)
    w.add_feed_forward_length(s.ffn)
    w.add_head_count(s.heads)
    w.add_head_count_kv(s.kv_heads)
    w.add_key_length(s.head_dim)
    w.add_value_length(s.head_dim)
    w.add_rope_freq_base(s.rope_theta)
    w.add_layer_norm_rms_eps(s.eps)
    w.add_vocab_size(s.vocab)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list(tokens)
    kinds = {t: gguf.TokenType.CONTROL if t in (BOS, EOS) else gguf.TokenType.USER_DEFINED for t in SPECIALS}
    w.add_token_types([kinds.get(t, gguf.TokenType.NORMAL) for t in tokens])
    w.add_token_merges(merges)
    w.add_bos_token_id(tokens.index(BOS))
    w.add_eos_token_id(tokens.index(EOS))
    w.add_pad_token_id(tokens.index(EOS))
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    w.add_chat_template(TEMPLATE.read_text().rstrip("\n"))
    for name, p in model.named_parameters():
        kind = np.float16 if p.dim() == 2 else np.float32
        w.add_tensor(tensor_name(name), p.detach().numpy().astype(kind))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


class Metadata:
    """The keys of a file; numbers without the architecture's prefix."""

    def __init__(self, reader):
        self.fields = reader.fields

    def __getitem__(self, key):
        return (self.fields.get(key) or self.fields["qwen2." + key]).contents()


def read_shape(meta):
    return Shape(vocab=meta["vocab_size"], hidden=meta["embedding_length"], layers=meta["block_count"],
                 heads=meta["attention.head_count"], kv_heads=meta["attention.head_count_kv"],
                 ffn=meta["feed_forward_length"], context=meta["context_length"],
                 rope_theta=meta["rope.freq_base"], eps=meta["attention.layer_norm_rms_epsilon"])


def read_tensors(path):
    """Name -> float32 tensor, shaped (rows, columns)."""
    return {t.name: torch.from_numpy(np.array(t.data, dtype=np.float32)) for t in gguf.GGUFReader(path).tensors}


def read_model(path):
    model, tensors = Model(read_shape(Metadata(gguf.GGUFReader(path)))), read_tensors(path)
    model.load_state_dict({name: tensors[tensor_name(name)] for name, _ in model.named_parameters()})
    return model


def read_tokenizer(path):
    meta = Metadata(gguf.GGUFReader(path))
    return vocabulary.build(meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.merges"])
