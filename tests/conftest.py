"""Two logical CPU devices, so that replicas can be tested on any machine; set before TensorFlow starts its devices.

The cache is an empty folder: what a user has there must not change what tests see, nor tests what is there.
"""

import atexit
import os
import shutil
import signal
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["WIRGAN_TF_CACHE"] = tempfile.mkdtemp(prefix="wirgan_tf_tests_")

import wirgan_tf  # noqa: I001, F401  first, as a program does: it chooses how TensorFlow computes
import pytest
import tensorflow as tf

atexit.register(shutil.rmtree, os.environ["WIRGAN_TF_CACHE"], ignore_errors=True)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what it starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(_CPU, [tf.config.LogicalDeviceConfiguration()] * 2)


@pytest.fixture(scope="session")
def two_replicas():
    """One strategy for all tests of a process: the collectives of a second one would take the numbers of the first."""
    strategy = tf.distribute.MirroredStrategy(tf.config.list_logical_devices("CPU")[:2])
    assert strategy.num_replicas_in_sync == 2
    return strategy


@pytest.fixture
def uncompiled():
    """Updates without the graph, whose tracing takes most of a short run."""
    from tests.training.uncompiled import uncompiled_updates

    with uncompiled_updates():
        yield


MEASURES = [{"name": "fid_1k_digits_test_pixels", "value": 8.5, "iteration": 40}]


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """A small model of 8x8 digits with T = 3, and the folder of its export as version 1 of the model "digits"."""
    from wirgan_tf.config import Config
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(width=2, latent=4, time_steps=3, initializer="glorot")
    model = build_model(config, (8, 8, 1))
    base = tmp_path_factory.mktemp("models") / "digits"
    return model, export_generator(model, config, base, measures=MEASURES)


@pytest.fixture(scope="session")
def labelled(tmp_path_factory):
    """A model whose samples depend on a label and on attributes, the folder of its export, and its data set."""
    from tests.models import labelled_family
    from wirgan_tf.config import Config
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    with labelled_family.registered():
        config = Config(model="labelled_gan")
        model = build_model(config, config.data.load("train").spec)
        base = tmp_path_factory.mktemp("models") / "labelled"
        return model, export_generator(model, config, base), config.data


@pytest.fixture(scope="session")
def pets(tmp_path_factory):
    """A model whose classes have names, one of them no ASCII, and the folder of its export."""
    from wirgan_tf.config import Config
    from wirgan_tf.entries import Entry
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(model="cgan", width=2, latent=4)
    model = build_model(config, {"image": Entry((8, 8, 1)), "label": Entry((), tf.int64, ("cat", "dog", "Käfer"))})
    base = tmp_path_factory.mktemp("models") / "pets"
    return model, export_generator(model, config, base, frequencies={"label": [1, 3, 2]})


@pytest.fixture(scope="session")
def colouring(tmp_path_factory):
    """A model that translates grey images to colour, by masks of dropout, and the folder of its export."""
    from wirgan_tf.config import Config
    from wirgan_tf.entries import Entry
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(model="pix2pix", dataset="digit_outlines", width=2)
    model = build_model(config, {"image": Entry((8, 8, 3)), "source": Entry((8, 8, 1))})
    base = tmp_path_factory.mktemp("models") / "colouring"
    return model, export_generator(model, config, base)


@pytest.fixture(scope="session")
def worded(tmp_path_factory):
    """A model in two stages that is asked in words, and the folder of its export."""
    from wirgan_tf.config import Config
    from wirgan_tf.entries import Entry
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(model="stackgan", enlargement=2, width=2, latent=3, augmentation_size=4, initializer="glorot")
    words = ("käfer", "red", "thick", "three")
    model = build_model(config, {"image": Entry((16, 16, 3)), "embedding": Entry((4,), names=words)})
    return model, export_generator(model, config, tmp_path_factory.mktemp("models") / "worded")


@pytest.fixture(scope="session")
def both_ways(tmp_path_factory):
    """A model that translates grey images to colour and back, and the folder of its export."""
    from wirgan_tf.config import Config
    from wirgan_tf.entries import Entry
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(model="cyclegan", dataset="digit_inverted", width=2, blocks=1, identity_weight=0.0)
    model = build_model(config, {"image": Entry((16, 16, 3)), "source": Entry((16, 16, 1), unpaired=True)})
    base = tmp_path_factory.mktemp("models") / "both_ways"
    return model, export_generator(model, config, base)


@pytest.fixture(scope="session")
def tinting(tmp_path_factory):
    """A model that translates images to attributes, two of which exclude one another, and the folder of its export."""
    from wirgan_tf.config import Config
    from wirgan_tf.entries import Entry
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(model="stargan", dataset="digit_tints", width=2, blocks=1)
    attributes = Entry((3,), names=("red", "green", "thick"), groups=(("red", "green"),))
    model = build_model(config, {"image": Entry((16, 16, 3)), "attributes": attributes})
    base = tmp_path_factory.mktemp("models") / "tinting"
    return model, export_generator(model, config, base)
