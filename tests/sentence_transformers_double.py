"""A stand-in for the package sentence-transformers, which is large: vectors by the lengths and letters of texts."""

import sys
import types

import numpy as np

from wirgan_tf import sentence_encoders

ENCODER = "sentence_transformer:small"


class SentenceTransformer:
    """Counts the texts that it is given."""

    encoded = 0

    def __init__(self, name):
        if name == "missing":
            raise OSError("missing is not a local folder\nand no model")
        self.name = name

    def encode(self, texts, show_progress_bar, convert_to_numpy):
        assert convert_to_numpy
        SentenceTransformer.encoded += len(texts)
        return np.array([[len(text), text.count("e"), 1.0, -1.0] for text in texts], np.float64)


def install(monkeypatch):
    """Puts it in the place of the package for a test; returns it."""
    sentence_encoders._load.cache_clear()
    monkeypatch.setattr(SentenceTransformer, "encoded", 0)
    monkeypatch.setitem(sys.modules, "sentence_transformers",
                        types.SimpleNamespace(SentenceTransformer=SentenceTransformer))
    return SentenceTransformer


def remove(monkeypatch):
    """As if the package were not installed."""
    sentence_encoders._load.cache_clear()
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
