"""An export of a model that translates, as TensorFlow Serving runs it and as this package does."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.exporting import sessions
from tests.exporting.test_decoding import encoded, header
from tests.exporting.test_warmup import answers_of
from wirgan_tf.exporting import ExportedGenerator, ExportedTranslator, find_export, open_export
from wirgan_tf.pictures import to_pixels
from wirgan_tf.translation.any_size import AnySize

SOURCE = np.random.default_rng(0).uniform(-1, 1, [2, 16, 8, 1]).astype(np.float32)
PIXELS = np.random.default_rng(1).integers(0, 256, [13, 9], np.uint8)
FILES = [encoded(Image.fromarray(PIXELS)), encoded(Image.new("L", (1, 1), 200)), encoded(Image.fromarray(PIXELS.T))]


def files(*contents):
    return {"source_bytes": np.array(contents, object)}


REFUSED = {
    "sizes": ("translate_rows", {"source": SOURCE[:, :15]},
              "height and width of source must be multiples of 8, at least 8, got] [15] [x] [8]"),
    "no pixels": ("translate_rows", {"source": SOURCE[:, :0]}, "at least 8, got] [0] [x] [8]"),
    "too many pixels": ("translate_rows", {"source": np.zeros([1, 4000, 3000, 1], np.float32)},
                        "1 to 64 rows of at most 2097152 pixels in all, got] [1] [of] [4000] [x] [3000"),
    "too many rows": ("translate_rows", {"source": np.zeros([65, 8, 8, 1], np.float32)}, "got] [65] [of] [8] [x] [8]"),
    "no rows": ("translate_rows", {"source": SOURCE[:0]}, "got] [0] [of] [16] [x] [8]"),
    "values": ("translate_rows", {"source": 2 * SOURCE}, "source must be -1 to 1"),
    "no numbers": ("serving_default", {"source": SOURCE * np.nan}, "source must be -1 to 1"),
    "a file that is too large": ("translate_png_rows", files(FILES[0], header(4000, 3000)),
                                 "at most 2097152 pixels, got] [3000] [x] [4000]"),
    "a broken file": ("translate_png_rows", files(FILES[0][:60]), "Invalid PNG"),
    "no file": ("translate_png_rows", files(b"GIF89a"),
                "source_bytes must be a PNG or JPEG file"),
    "no files": ("translate_png_rows", files(), "expected 1 to 64 rows, got] [0]"),
    "too many files": ("translate_png_rows", files(*[FILES[1]] * 65),
                       "expected 1 to 64 rows, got] [65]"),
}


@pytest.fixture(scope="module")
def served(colouring):
    """Answers by question."""
    questions = {"rows": ("translate_rows", {"source": SOURCE}), "default": ("serving_default", {"source": SOURCE}),
                 "files": ("translate_png_rows", files(*FILES))}
    questions |= {name: question[:2] for name, question in REFUSED.items()}
    answers = sessions.answers([(colouring[1], list(questions.values()))])
    return {name: answer for name, (_, answer) in zip(questions, answers, strict=True)}


def test_arrays(colouring, served):
    expected = colouring[0].translate(tf.constant(SOURCE))
    assert expected.shape == (2, 16, 8, 3)
    np.testing.assert_allclose(served["rows"], expected, atol=1e-6)
    np.testing.assert_allclose(served["default"], expected, atol=1e-6)


def test_files_keep_their_sizes(colouring, served):
    """As `--mode=translate` does: padded by reflection and cropped back."""
    found = [np.asarray(Image.open(io.BytesIO(file))) for file in served["files"]]
    assert [image.shape for image in found] == [(13, 9, 3), (1, 1, 3), (9, 13, 3)]
    translate = AnySize(colouring[0].translate, colouring[0].size_multiple, colouring[0].smallest_side)
    expected = to_pixels(translate((PIXELS[np.newaxis, ..., np.newaxis] / 127.5 - 1.0).astype(np.float32))[0])
    np.testing.assert_allclose(found[0].astype(int), expected, atol=1)


@pytest.mark.parametrize("asked", REFUSED)
def test_what_is_out_of_range_is_refused_in_the_graph(served, asked):
    assert REFUSED[asked][2] in served[asked]


def test_what_is_known_of_it(colouring):
    metadata = find_export(colouring[1])[1]
    known = {name: metadata[name] for name in ("directions", "size_multiple", "smallest_side", "most_pixels",
                                               "most_samples", "shape", "time_steps")}
    assert known == {"directions": [], "size_multiple": 8, "smallest_side": 8, "most_pixels": 2**21, "most_samples": 64,
                     "shape": [8, 8, 3], "time_steps": 1}
    assert metadata["conditions"]["source"]["shape"] == [8, 8, 1]
    assert metadata["signatures"] == ["translate_rows", "translate_png_rows", "serving_default"]


def test_a_server_is_warmed_up_by_pictures(colouring):
    assert answers_of(colouring[1]) == {"translate_rows": ("images", (1, 8, 8, 3)), "serving_default": (
        "images", (1, 8, 8, 3)), "translate_png_rows": ("png_bytes", (1,))}


def test_an_export_translates_and_is_measured_by_itself(colouring):
    export = open_export(colouring[1].parent)
    assert isinstance(export, ExportedTranslator)
    expected = colouring[0].translate(tf.constant(SOURCE[:, :8]))
    np.testing.assert_allclose(export.images(np.arange(2), {"source": SOURCE[:, :8]}), expected, atol=1e-6)
    assert export.canvases(np.arange(2), {"source": SOURCE[:, :8]}).shape == (1, 2, 8, 8, 3)
    np.testing.assert_allclose(export.translate(tf.constant(SOURCE[:, :8])), expected, atol=1e-6)
    with pytest.raises(ValueError, match="samples of this model depend on source; pass them as conditions"):
        export.images(np.arange(2))
    with pytest.raises(ValueError, match="direction=b_to_a: this model has one direction; leave it out"):
        export.translate(tf.constant(SOURCE), direction="b_to_a")


def test_each_export_is_opened_as_what_it_is(colouring, exported):
    assert type(open_export(exported[1])) is ExportedGenerator
    with pytest.raises(ValueError, match=r"is not an export of this version of wirgan_tf: .*sample_rows"):
        ExportedGenerator(colouring[1])


def test_both_ways(both_ways):
    """Of a 1x1 picture, too, and with the channels of each domain."""
    model, folder = both_ways
    colour = np.random.default_rng(2).uniform(-1, 1, [1, 8, 12, 3]).astype(np.float32)
    answers = sessions.answers([(folder, [
        ("translate_rows", {"source": SOURCE}), ("translate_back_rows", {"source": colour}),
        ("translate_png_rows", files(FILES[1])), ("translate_back_png_rows", files(FILES[1]))])])
    (_, there), (_, back), (_, png), (_, grey) = answers
    np.testing.assert_allclose(there, model.translate(tf.constant(SOURCE)), atol=1e-5)
    np.testing.assert_allclose(back, model.translate(tf.constant(colour), direction="b_to_a"), atol=1e-5)
    assert [Image.open(io.BytesIO(one[0])).mode for one in (png, grey)] == ["RGB", "L"]
    export = open_export(folder)
    assert (export.directions, export.size_multiple, export.smallest_side) == (("a_to_b", "b_to_a"), 4, 8)
    np.testing.assert_allclose(export.translate(tf.constant(colour), direction="b_to_a"), back, atol=1e-5)
    np.testing.assert_allclose(export.translate(tf.constant(SOURCE), direction="a_to_b"), there, atol=1e-5)


def test_attributes(tinting):
    model, folder = tinting
    source = np.random.default_rng(3).uniform(-1, 1, [2, 8, 12, 3]).astype(np.float32)
    attributes = np.array([[1, 0, 0], [0, 1, 1]], np.float32)
    answers = sessions.answers([(folder, [
        ("translate_rows", {"source": source, "attributes": attributes}),
        ("translate_png_rows", files(*FILES[:2]) | {"attributes": attributes}),
        ("translate_rows", {"source": source, "attributes": 2 * attributes}),
        ("translate_rows", {"source": source, "attributes": attributes[:1]}),
        ("attributes_names_rows", {"seed": np.zeros(1, np.int64)}),
        ("attributes_groups_rows", {"seed": np.zeros(2, np.int64)})])])
    (_, images), (_, png), (_, out_of_range), (_, too_few), (_, names), (_, groups) = answers
    np.testing.assert_allclose(images, model.translate(tf.constant(source), tf.constant(attributes)), atol=1e-5)
    assert [Image.open(io.BytesIO(one)).size for one in png] == [(9, 13), (1, 1)]
    assert "attributes must be 0 to 1, got] [2 2 2]" in out_of_range
    assert "expected a row of attributes for each source, got] [1] [for] [2]" in too_few
    assert names.tolist() == [[b"red", b"green", b"thick"]]
    assert groups.tolist() == [[0, 0, -1]] * 2
    drawn = open_export(folder).images(np.arange(2), {"source": source[:, :8, :8].repeat(2, 1).repeat(2, 2),
                                                      "attributes": attributes})
    assert drawn.shape == (2, 16, 16, 3)
