import json

import pytest
import tensorflow as tf

from wirgan_tf.entries import Entry

FACES = Entry((3,), tf.float32, ("Black_Hair", "Blond_Hair", "Male"), (("Black_Hair", "Blond_Hair"),))


@pytest.mark.parametrize("entry", [Entry(()), Entry((), tf.int64, ("a",)), FACES, Entry((8, 8, 3), unpaired=True),
                                   Entry((3,), entry="attributes", of_next=True),
                                   Entry((4,), encoder="sentence_transformer:small"),
                                   Entry((), tf.int64, ("a x", "a y"), qualities=(("1st", ("a",)),
                                                                                  ("2nd", ("x", "y"))))])
def test_json_and_back(entry):
    assert Entry.from_json(json.loads(json.dumps(entry.to_json()))) == entry


def test_entries_of_before_are_read():
    assert Entry.from_json({"shape": [2], "dtype": "float32"}) == Entry((2,))


def test_classes_are_all_combinations_of_their_qualities():
    with pytest.raises(ValueError, match=r"^3 classes are not the combinations of 2 x 2 values of qualities$"):
        Entry((), tf.int64, ("a", "b", "c"), qualities=(("tone", ("light", "dark")), ("size", ("big", "small"))))


@pytest.mark.parametrize(("groups", "reason"), [
    ((("red", "geen"),), "geen of exclusive attributes is none of red, green, thick"),
    ((("red", "green"), ("thick", "red")), "red of exclusive attributes is in two groups")])
def test_groups_are_of_the_names(groups, reason):
    with pytest.raises(ValueError, match=f"^{reason}; name each attribute once at most$"):
        Entry((3,), tf.float32, ("red", "green", "thick"), groups)


def test_the_size_of_a_condition():
    assert (Entry((), tf.int64, ("a", "b")).size, FACES.size) == (2, 3)
    with pytest.raises(ValueError, match="the labels of the data have no classes"):
        Entry((), tf.int64).size  # noqa: B018
