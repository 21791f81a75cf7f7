"""A small export, and how TensorFlow Serving runs one: in a TF1 Session, by tensor names, without this package."""

import pickle
import subprocess
import sys

import pytest

from wirgan_tf.config import Config
from wirgan_tf.exporting import export_generator
from wirgan_tf.networks import NETWORKS

CONFIG = Config(width=4, latent=4, time_steps=3, initializer="glorot")
MEASURES = [{"name": "fid_1k_digits_test_pixels", "value": 8.5, "iteration": 40}]

IN_SESSIONS = """
import pickle
import sys
import tensorflow as tf
asked, answered = sys.argv[1:]
answers = []
for folder, questions in pickle.load(open(asked, "rb")):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        model = tf.compat.v1.saved_model.load(session, ["serve"], folder)
        for name, inputs in questions:
            signature = model.signature_def[name]
            (output, tensor), = signature.outputs.items()
            try:
                value = session.run(tensor.name, {signature.inputs[key].name: value for key, value in inputs.items()})
            except tf.errors.InvalidArgumentError as error:
                output, value = "error", str(error)
            answers.append((output, value))
assert "wirgan_tf" not in sys.modules
pickle.dump(answers, open(answered, "wb"))
"""


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """A generator, and the folder of its export as version 1 of the model "digits"."""
    generator = NETWORKS["convolutional"].build_generator(CONFIG, (8, 8, 1))
    base = tmp_path_factory.mktemp("models") / "digits"
    return generator, export_generator(generator, CONFIG, base, iteration=40, measures=MEASURES)


@pytest.fixture(scope="session")
def in_sessions(tmp_path_factory):
    """[(folder, [(signature, {input: array})])] -> [(output, array) or ("error", message)], of all, in one process."""
    def run(asked):
        files = tmp_path_factory.mktemp("sessions")
        (files / "asked").write_bytes(pickle.dumps([(str(folder), questions) for folder, questions in asked]))
        subprocess.run([sys.executable, "-c", IN_SESSIONS, files / "asked", files / "answered"], check=True, cwd=files)
        return pickle.loads((files / "answered").read_bytes())

    return run
