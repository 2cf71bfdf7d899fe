"""Writes the last checkpoint as a GGUF file: matrices as F16, norms and biases as F32."""
import argparse
import pathlib

import torch

import tokenizer as vocabulary
from config import Shape
from gguf_file import write
from model import Model


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("out", type=pathlib.Path, help="folder of the training run")
    ap.add_argument("file", type=pathlib.Path, help="the GGUF file to write")
    a = ap.parse_args()
    kept = torch.load(a.out / "checkpoint.pt", weights_only=True)
    model = Model(Shape())
    model.load_state_dict(kept["model"])
    _, tokens, merges = vocabulary.load(a.out / "tokenizer.json")
    write(a.file, model, tokens, merges)
    print(f"{a.file}: step {kept['step']}, {kept['tokens'] / 1e6:.1f} M tokens, {a.file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
