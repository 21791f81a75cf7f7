"""The client's own arithmetic; tests/serving/test_clients.py has it talk to a server."""

import ast
import math
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import wirgan_client
from PIL import Image
from wirgan_client import Client, ClientError, from_json, slerp, to_pixels, write_animation

from wirgan_tf import pictures


class Echo:
    """Answers z with seeds, and images with z; notes what it was asked."""

    def __init__(self, *noise):
        self.asked, self.noise = [], ["z", *noise]

    def inputs(self, signature):
        names = self.noise if signature == "serving_default" else ["seed", "truncation"]
        return {name: ("DT_FLOAT", []) for name in [*names, "label"]}

    def predict(self, signature, inputs):
        self.asked.append((signature, *(len(value) for value in inputs.values())))
        if signature == "latents_rows":  # on the axes of the plane: seeds 0, 1, 2, ... are 90 degrees apart
            angle = inputs["seed"] * np.pi / 2
            return np.stack([np.cos(angle), np.sin(angle)], -1)[:, np.newaxis]
        return inputs["z"] if "z" in inputs else inputs["seed"].astype(np.float32)


@pytest.mark.parametrize(("start", "end", "share", "expected"), [
    ([1, 0], [0, 1], 1 / 3, [math.sqrt(3) / 2, 1 / 2]),  # 30 of 90 degrees: sin 60 and sin 30
    ([2, 0], [0, 1], 1 / 2, [math.sqrt(2), math.sqrt(1 / 2)]),  # sin 45 of each, of their own lengths
    ([1, 0], [0.5, math.sqrt(3) / 2], 1 / 2, [math.sqrt(3) / 2, 1 / 2]),  # 60 degrees apart
    ([[1], [0]], [[0], [1]], 1 / 2, [[math.sqrt(1 / 2)], [math.sqrt(1 / 2)]]),  # two steps of one number are one vector
    ([1, 0], [3, 0], 1 / 2, [2, 0]),
    ([1, 0], [-1, 0], 1 / 4, [0.5, 0]),
    ([0.3, -2], [1, 1], 0, [0.3, -2]),
    ([0.3, -2], [1, 1], 1, [1, 1]),
])
def test_slerp(start, end, share, expected):
    np.testing.assert_allclose(slerp(np.array(start, float), np.array(end, float), share), expected, atol=1e-6)


def test_slerp_keeps_the_length():
    start, end = np.random.default_rng(0).normal(size=(2, 3, 128))
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    lengths = [np.linalg.norm(slerp(start, end, share)) for share in np.linspace(0, 1, 7)]
    np.testing.assert_allclose(lengths, np.linalg.norm(start), rtol=1e-6)


def test_a_walk_goes_from_seed_to_seed():
    walk = Client(Echo()).interpolate([0, 1, 2], steps=3)[:, 0]
    angles = np.deg2rad(30 * np.arange(7))
    np.testing.assert_allclose(walk, np.stack([np.cos(angles), np.sin(angles)], -1), atol=1e-6)


@pytest.mark.parametrize(("seeds", "steps"), [([1], 3), ([1, 2], 0)])
def test_a_walk_needs_two_ends(seeds, steps):
    with pytest.raises(ClientError, match=f"at least 2 seeds and 1 step, got {len(seeds)} and {steps}"):
        Client(Echo()).interpolate(seeds, steps)


def test_a_walk_has_one_entry_of_noise():
    with pytest.raises(ClientError, match="through the noise z alone, and this model also has augmentation"):
        Client(Echo("augmentation")).interpolate([1, 2], 3)


def test_many_seeds_are_asked_for_in_parts():
    echo = Echo()
    np.testing.assert_array_equal(Client(echo).sample(np.arange(130)), np.arange(130))
    assert echo.asked == [("sample_rows", 64, 64), ("sample_rows", 64, 64), ("sample_rows", 2, 2)]


@pytest.mark.parametrize(("seeds", "truncation", "message"), [
    ([1], 0.0, "truncation must be greater than 0 and at most 1, got 0.0"),
    ([1], 1.5, "got 1.5"), ([1], float("nan"), "got nan"),
    ([], 1.0, "seeds must be integers"), ([1.5], 1.0, "seeds must be integers"), ([[1]], 1.0, "seeds must be integers"),
])
def test_wrong_questions_are_not_sent(seeds, truncation, message):
    """A server that batches would refuse the requests of others along with this one."""
    echo = Echo()
    with pytest.raises(ClientError, match=message):
        Client(echo).sample(seeds, truncation)
    assert echo.asked == []


def test_arrays_from_json():
    numbers = from_json([[[1, -0.5]], [[0.25, 0]]])
    assert (numbers.dtype, numbers.shape) == (np.float32, (2, 1, 2))
    files = from_json([[{"b64": "aGk="}, {"b64": ""}]])  # base64 of "hi" and of nothing
    assert files.tolist() == [[b"hi", b""]]
    assert from_json([]).shape == (0,)


def test_pixels_are_those_of_the_package():
    values = np.linspace(-1.2, 1.2, 1001).astype(np.float32)
    np.testing.assert_array_equal(to_pixels(values), pictures.to_pixels(values))


@pytest.mark.parametrize("name", ["walk.gif", "walk.png"])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_animated_picture_has_every_frame(tmp_path, name, channels):
    images = np.linspace(-1, 1, 5).reshape(5, 1, 1, 1) * np.ones([1, 8, 8, channels])
    write_animation(images, tmp_path / name, milliseconds=40)
    with Image.open(tmp_path / name) as picture:
        assert (picture.n_frames, picture.size, picture.info["loop"]) == (5, (128, 128), 0)
        for frame, value in enumerate([0, 64, 128, 191, 255]):  # -1, -1/2, 0, 1/2, 1
            picture.seek(frame)
            assert picture.convert("RGB").getpixel((60, 60)) == (value,) * 3
            assert picture.info["duration"] == 40


def test_points_cannot_be_animated(tmp_path):
    with pytest.raises(ClientError, match=r"only images can be animated, got arrays of shape \(5, 2\)"):
        write_animation(np.zeros([5, 2]), tmp_path / "walk.gif")


def test_it_stands_alone():
    """Copied anywhere, without this package, it starts with numpy alone."""
    nodes = list(ast.walk(ast.parse(pathlib.Path(wirgan_client.__file__).read_text())))
    imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == {
        "numpy", "requests", "grpc", "tensorflow", "tensorflow_serving", "PIL"}
    check = ("import runpy, sys; sys.argv = ['wirgan_client.py', '--help']\n"
             "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
             "except SystemExit as end: assert not end.code\n"
             "assert not {'requests', 'grpc', 'tensorflow', 'PIL'} & set(sys.modules)")
    shown = subprocess.run([sys.executable, "-c", check], cwd=pathlib.Path(wirgan_client.__file__).parent, check=True,
                           capture_output=True, text=True).stdout
    assert "python wirgan_client.py sample 16" in shown


@pytest.mark.parametrize(("arguments", "message"), [
    (["sample", "4", "--output=x.jpg"], "--output=x.jpg: expected a name that ends in .npz or /"),
    (["interpolate", "1", "2", "--output=x.npz"], "expected a name that ends in .gif or .png or .apng"),
    (["sample"], "the following arguments are required: count, --output"),
])
def test_wrong_arguments(capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        wirgan_client.main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err
