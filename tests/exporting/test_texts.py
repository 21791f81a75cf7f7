"""An export that is asked in words, as TensorFlow Serving runs it and as this package does."""

import numpy as np
import pytest

from tests.exporting import sessions
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models.asking import rows
from wirgan_tf.models.sampling import Sampler

SEEDS = np.array([5, 6, -7])
TEXTS = ["A red, THICK three", "Käfer", "three unknown red words"]
EMBEDDINGS = np.array([[0, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 1]], np.float32)


def asked(*texts):
    return {"seed": SEEDS, "truncation": np.ones(3, np.float32), "text": np.array([each.encode() for each in texts])}


@pytest.fixture(scope="module")
def served(worded):
    """Answers by signature, of a TF1 Session."""
    names = ("text_rows", "text_refine_rows", "text_png_rows", "text_refine_png_rows")
    questions = [(name, asked(*TEXTS)) for name in names]
    questions += [("text_rows", asked("red", "pink one", "")), ("embedding_names_rows", {"seed": SEEDS[:1]})]
    answers = sessions.answers([(worded[1], questions)])
    return dict(zip((*names, "refused", "words"), answers, strict=True))


def test_pictures_of_texts_are_those_of_their_words(worded, served):
    canvases = Sampler(worded[0]).canvases(SEEDS, {"embedding": EMBEDDINGS})
    np.testing.assert_allclose(served["text_rows"][1], canvases[-1], atol=1e-6)
    np.testing.assert_allclose(served["text_refine_rows"][1], canvases.swapaxes(0, 1), atol=1e-6)
    assert served["text_refine_png_rows"][1].shape == (3, 2)
    np.testing.assert_array_equal(served["text_png_rows"][1], served["text_refine_png_rows"][1][:, -1])


def test_a_text_without_a_known_word_is_refused(served):
    kind, message = served["refused"]
    assert kind == "error"
    assert "text has no word that the model knows" in message
    assert "pink one" in message


def test_an_export_tells_its_words(worded, served):
    assert [word.decode() for word in served["words"][1][0]] == ["käfer", "red", "thick", "three"]
    generator = ExportedGenerator(worded[1])
    found = rows({"embedding": "; ".join(TEXTS)}, generator.condition_specs)
    np.testing.assert_array_equal(found["embedding"], EMBEDDINGS)
    np.testing.assert_allclose(generator.images(SEEDS, found), served["text_rows"][1], atol=1e-6)
