"""The vectors of texts by a language model, kept in the cache: a model takes long for many texts."""

from collections.abc import Sequence

import numpy as np

from wirgan_tf import files
from wirgan_tf.data.identity import identity_of
from wirgan_tf.sentence_encoders import folder_of, sentence_vectors


def encoded(texts: Sequence[str], encoder: str) -> np.ndarray:
    """As `sentence_vectors`, but each text is encoded once, and none when all are in the cache."""
    different = sorted(set(texts))
    places = {text: place for place, text in enumerate(different)}
    vectors = _kept_vectors(different, encoder)
    return vectors[[places[text] for text in texts]]


def _kept_vectors(texts: Sequence[str], encoder: str) -> np.ndarray:
    path = files.expanded(files.CACHE) / "texts" / f"{identity_of(encoder, *_state(encoder), *texts)[:32]}.npy"
    try:
        kept = np.load(path)
        if len(kept) == len(texts):
            return kept
    except (OSError, ValueError, EOFError):  # absent, unreadable, or damaged
        pass
    vectors = sentence_vectors(texts, encoder)
    with files.optional_cache(files.CACHE):
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.whole_file(path) as file:
            np.save(file, vectors)
    return vectors


def _state(encoder: str) -> list[str]:
    """The state of the files of a model that is a folder, since other files may take their place."""
    folder = folder_of(encoder)
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    return [f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in found]
