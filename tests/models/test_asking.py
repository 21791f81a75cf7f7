"""What is asked for in words, as rows of conditions."""

import numpy as np
import pytest
import tensorflow as tf

from tests import sentence_transformers_double as double
from wirgan_tf.entries import Entry
from wirgan_tf.models.asking import Turns, rows, watched_rows
from wirgan_tf.sentence_encoders import sentence_vectors

PETS = Entry((), tf.int64, ("cat", "dog", "cat, tabby", "7"))
FACES = Entry((3,), tf.float32, ("Male", "Smiling", "Young"))
SPEC = {"label": PETS, "attributes": FACES}


@pytest.mark.parametrize(("text", "expected"), [
    ("dog", [1]), ("cat,dog", [0, 1]), ("dog, cat,dog", [1, 0, 1]), ("1", [1]), ("each", [0, 1, 2, 3]),
    ("7", [3]), ("3", [3]),  # a name goes before a number
    ("cat, tabby", [2]), ("0,7", [0, 3]),
])
def test_classes(text, expected):
    found = rows({"label": text, "attributes": ""}, SPEC)
    assert found["label"].dtype == np.int64
    np.testing.assert_equal({name: values.tolist() for name, values in found.items()}, {"label": expected})


@pytest.mark.parametrize(("text", "expected"), [
    ("Male", [1, 0, 0]), ("Young,Male", [1, 0, 1]), ("none", [0, 0, 0]), ("1,0,0.5", [1, 0, 0.5]),
])
def test_attributes(text, expected):
    np.testing.assert_array_equal(rows({"attributes": text}, SPEC)["attributes"], [expected])


WORDS = Entry((3,), names=("blue", "red", "three"))


def test_sentences(caplog):
    found = rows({"embedding": "a red three; Blue;"}, {"embedding": WORDS})["embedding"]
    np.testing.assert_array_equal(found, [[0, 1, 1], [1, 0, 0]])
    assert caplog.messages == ["'a red three': the model does not know a, and draws by the other words; it knows blue, "
                               "red, three"]


def test_sentences_of_an_encoder(monkeypatch):
    double.install(monkeypatch)
    entry = Entry((4,), encoder=double.ENCODER)
    found = rows({"embedding": "see me; be"}, {"embedding": Entry.from_json(entry.to_json())})["embedding"]
    np.testing.assert_array_equal(found, sentence_vectors(["see me", "be"], double.ENCODER))
    with pytest.raises(ValueError, match="makes vectors of 4 numbers, and this model was trained on 5"):
        rows({"embedding": "be"}, {"embedding": Entry((5,), encoder=double.ENCODER)})
    double.remove(monkeypatch)
    with pytest.raises(ValueError, match=r"pip install wirgan-tf\[text\]"):
        rows({"embedding": "be"}, {"embedding": entry})


@pytest.mark.parametrize(("asked", "spec", "message"), [
    ({"embedding": ";"}, {"embedding": WORDS}, "embedding=;: expected sentences, separated by semicolons"),
    ({"embedding": "red; pink one"}, {"embedding": WORDS},
     r"'pink one' has no word that the model knows \(not pink, one\); it knows blue, red, three"),
    ({"embedding": "?"}, {"embedding": WORDS}, r"'\?' has no word that the model knows"),
    ({"embedding": "red"}, {"embedding": Entry((3,))}, "embedding: this model was trained on vectors, not on words"),
    ({"embedding": "red"}, SPEC, "embedding has no effect"),
    ({"label": "cow"}, SPEC, "label=cow: the choices are cat, dog, cat, tabby, 7, or their numbers 0 to 3; each"),
    ({"label": "4"}, SPEC, "label=4: the choices are cat"),
    ({"label": "-1"}, {"label": Entry((), tf.int64, ("0", "1"))}, "label=-1: the choices are 0, 1; each: all of them"),
    ({"label": "dog,"}, SPEC, "label=: the choices are cat"),
    ({"label": "each"}, {"label": Entry((), tf.int64)}, "label=each: the classes of this model are not known"),
    ({"attributes": "Male,Tall"}, SPEC, r"attributes=Tall: expected names among Male, Smiling, Young, or 3"),
    ({"attributes": "1,0"}, SPEC, "attributes=1: expected names among"),
    ({"attributes": "1,0,2"}, SPEC, r"attributes=1: expected names among .*, or 3 numbers in \[0, 1\], or none"),
    ({"attributes": "Male"}, {"label": PETS}, "attributes has no effect: samples of this model depend on label; leave"),
    ({"label": "cat"}, {}, "label has no effect: samples of this model depend on no conditions; leave it out"),
])
def test_what_cannot_be_asked(asked, spec, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rows(asked, spec)


def test_turns_begin_with_the_first_seed():
    turns = Turns({"label": np.array([4, 2, 4])}, 10, lambda seeds: {"attributes": seeds[:, None]})
    chosen = turns(np.array([10, 11, 12, 13, 14, 9]))
    assert (turns.count, chosen["label"].tolist()) == (3, [4, 2, 4, 4, 2, 4])
    np.testing.assert_array_equal(chosen["attributes"][:, 0], [10, 11, 12, 13, 14, 9])
    assert Turns({}, 0).count == 1


def test_rows_to_watch():
    examples = {"attributes": np.array([[1, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]])}
    assert watched_rows(SPEC, examples, most=3)["label"].tolist() == [0, 1, 2]
    assert watched_rows({"attributes": FACES}, examples, most=9)["attributes"].tolist() == [
        [1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert watched_rows({}, {}, most=9) == {}


def test_attributes_that_exclude_one_another():
    entry = Entry((3,), names=("red", "green", "thick"), groups=(("red", "green"),))
    np.testing.assert_array_equal(rows({"attributes": "green,thick"}, {"attributes": entry})["attributes"], [[0, 1, 1]])
    with pytest.raises(ValueError, match="attributes=red,green: red and green exclude one another; name one of them"):
        rows({"attributes": "red,green"}, {"attributes": entry})
