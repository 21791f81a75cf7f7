import numpy as np
import pytest

from tests.data import prepared_folders
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.identity import identity_of, identity_of_arrays, index_keys
from wirgan_tf.data.source import ArraySource

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 1)


def test_parts_do_not_run_into_each_other():
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ("ab", "d")]
    assert len({identity_of(*each) for each in parts}) == len(parts)
    assert identity_of("ab", 1) == identity_of(b"ab", memoryview(b"1"))


def test_of_the_same_arrays():
    labels = np.array([3, 4])
    same = ArraySource("a", PIXELS, labels, 5)
    assert same.identity == ArraySource("another name", PIXELS.copy(), labels.astype(np.int32), 5).identity
    assert same.identity == ArraySource("a", np.asfortranarray(PIXELS), labels, class_names=tuple("abcde")).identity
    assert identity_of_arrays(np.ones(2, "<f4"), None) == identity_of_arrays(np.ones(2, ">f4"), None)


def other(place=0):
    changed = PIXELS.copy()
    changed.flat[place] += 1
    return changed


@pytest.mark.parametrize("arrays", [
    (other(0), [3, 4]), (other(-1), [3, 4]), (PIXELS.reshape(2, 9, 1, 1), [3, 4]), (PIXELS / np.float32(-32), [3, 4]),
    (PIXELS[::-1], [3, 4]), (PIXELS[:1], [3]), (PIXELS, [4, 3]), (PIXELS, None), (PIXELS[:0], None),
])
def test_of_other_arrays(arrays):
    images, labels = arrays
    source = ArraySource("a", images) if labels is None else ArraySource("a", images, labels, 5)
    assert source.identity != ArraySource("a", PIXELS, [3, 4], 5).identity


def test_a_single_image_far_within_is_enough():
    many = np.zeros((1000, 4, 4, 1), np.uint8)
    changed = many.copy()
    changed[713, 2, 2] = 2
    assert ArraySource("a", many).identity != ArraySource("a", changed).identity


def test_keys_of_arrays_are_indices():
    assert ArraySource("a", PIXELS).example_keys() == [b"0", b"1"]
    assert index_keys(2, first=9) == [b"9", b"10"]


@pytest.mark.parametrize("name", ["digits", "swiss_roll", "gaussians_8", "gaussians_25"])
def test_of_sets_that_come_with_the_program(name):
    train, again, test = (data.load(Config(dataset=name, seed=seed).data, split)
                          for seed, split in ((0, "train"), (1, "train"), (0, "test")))
    assert train.identity == again.identity != test.identity
    assert len(set(train.example_keys())) == train.size


def test_sets_that_come_with_the_program_are_told_apart():
    names = ["digits", "swiss_roll", "gaussians_8", "gaussians_25"]
    assert len({data.load(Config(dataset=name).data, "train").identity for name in names}) == 4


@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_of_prepared_sets(tmp_path, file_format):
    """The same at another place and in another format; another when a single image differs."""
    examples = prepared_folders.labelled_examples(5, (28, 28, 1))
    for place, name, settings in ((examples, "one", {}), (examples, "two", {"file_format": file_format}),
                                  ([*examples[:4], {**examples[4], "label": 9}], "three", {})):
        prepared_folders.write(tmp_path / name, "mnist", prepared_folders.labelled((28, 28, 1)), {"train": place},
                               **settings)
    one, two, three = (data.load(Config(dataset="mnist", data_dir=str(tmp_path / name)).data, "train").identity
                       for name in ("one", "two", "three"))
    assert one == two != three
