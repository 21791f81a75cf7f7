"""Texts as vectors by a language model, with the extra `text`: sentence-transformers (Reimers and Gurevych 2019)."""

import functools
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

SENTENCE_TRANSFORMER = "sentence_transformer:"
_WORTH_A_BAR = 1000  # texts


def model_of(encoder: str) -> str:
    """The model that an encoder names, "" for none.

    >>> model_of("sentence_transformer:models/minilm"), model_of("sentence_transformer"), model_of("bag_of_words")
    ('models/minilm', '', '')
    """
    return encoder[len(SENTENCE_TRANSFORMER):] if encoder.startswith(SENTENCE_TRANSFORMER) else ""


def folder_of(encoder: str) -> pathlib.Path | None:
    """The folder of the model, if its name is that of a folder."""
    folder = pathlib.Path(model_of(encoder)).expanduser()
    return folder if folder.is_dir() else None


def sentence_vectors(texts: Sequence[str], encoder: str) -> np.ndarray:
    """The vectors of texts, float32 [N, E], each scaled to a mean square of 1, as initial weights expect their inputs.

    Args:
      texts: N of them.
      encoder: "sentence_transformer:<name or folder>", the model as the package sentence-transformers takes it.

    Raises: `ValueError` without that package, and for a model that cannot be loaded.
    """
    vectors = _load(encoder).encode(list(texts), show_progress_bar=len(texts) >= _WORTH_A_BAR, convert_to_numpy=True)
    vectors = np.asarray(vectors, np.float32)
    return vectors / np.maximum(np.sqrt(np.mean(np.square(vectors), axis=1, keepdims=True)), np.finfo(np.float32).tiny)


@functools.lru_cache(maxsize=1)  # it takes seconds
def _load(encoder: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ValueError(f"{encoder} needs the package sentence-transformers; install it with: "
                         "pip install wirgan-tf[text]") from error
    try:
        return SentenceTransformer(str(folder_of(encoder) or model_of(encoder)))
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{encoder} cannot be loaded; give the name of a model of sentence-transformers, or its "
                         f"folder: {reason}") from error
