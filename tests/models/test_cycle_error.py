"""How far translations are from their sources when they have been translated back."""

import numpy as np
import tensorflow as tf

from wirgan_tf.models.scoring import CycleError


def test_by_the_other_direction(both_ways):
    model = both_ways[0]
    assert model.translates_back
    source = np.random.default_rng(0).uniform(-1, 1, [70, 16, 16, 1]).astype(np.float32)  # two calls
    images = model.translate(tf.constant(source)).numpy()
    back = model.translate(tf.constant(images), direction="b_to_a").numpy()
    np.testing.assert_allclose(CycleError(model)(images, {"source": source}, {}), np.abs(back - source).mean((1, 2, 3)),
                               atol=1e-5)


def test_by_the_attributes_that_images_had(tinting):
    model = tinting[0]
    source = np.random.default_rng(0).uniform(-1, 1, [3, 16, 16, 3]).astype(np.float32)
    target, own = np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[::-1].copy()
    images = model.translate(tf.constant(source), tf.constant(target)).numpy()
    back = model.translate(tf.constant(images), tf.constant(own)).numpy()
    found = CycleError(model)(images, {"source": source, "attributes": target}, {"attributes": own})
    np.testing.assert_allclose(found, np.abs(back - source).mean((1, 2, 3)), atol=1e-5)


def test_pix2pix_has_no_way_back(colouring):
    assert not colouring[0].translates_back
