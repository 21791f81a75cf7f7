"""Runs exports as TensorFlow Serving does: in a TF1 Session, by tensor names, without this package.

    python sessions.py ASKED ANSWERED    (files of pickles)
"""

import pickle
import sys

import tensorflow as tf


def answers(asked):
    """[(folder, [(signature, {input: array})])] -> [(output, array) or ("error", message)], of all in their order."""
    found = []
    for folder, questions in asked:
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            model = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
            for name, inputs in questions:
                signature = model.signature_def[name]
                (output, tensor), = signature.outputs.items()
                feeds = {signature.inputs[key].name: value for key, value in inputs.items()}
                try:
                    found.append((output, session.run(tensor.name, feeds)))
                except tf.errors.InvalidArgumentError as error:
                    found.append(("error", str(error)))
    return found


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        result = answers(pickle.load(file))
    assert "wirgan_tf" not in sys.modules
    with open(sys.argv[2], "wb") as file:
        pickle.dump(result, file)
