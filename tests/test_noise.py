import math

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from wirgan_tf.noise import LARGEST_SEED, Noise, Purpose, Stream, check_seed, latents, row_noise, stream_seed, truncated


def test_truncated_normal_is_scipys_truncated_normal():
    z = latents(tf.constant([3, 4]), [50_000], "truncated_normal").numpy()
    assert np.abs(z).max() <= 1.0
    expected = scipy.stats.truncnorm(-1, 1)
    assert z.std() == pytest.approx(expected.std(), rel=0.01)  # 0.5396
    assert scipy.stats.kstest(z, expected.cdf).pvalue > 0.01


@pytest.mark.parametrize(("distribution", "std"), [("normal", 1.0), ("uniform", 1 / math.sqrt(3))])
def test_other_distributions(distribution, std):
    z = latents(tf.constant([3, 4]), [50_000], distribution).numpy()
    assert z.mean() == pytest.approx(0.0, abs=0.02)
    assert z.std() == pytest.approx(std, rel=0.02)


def test_unknown_distribution_lists_the_choices():
    with pytest.raises(ValueError, match=r"gauss.*truncated_normal, normal, uniform"):
        latents(tf.constant([0, 0]), [1], "gauss")


def test_streams_differ_in_each_of_their_parts_and_repeat():
    parts = [(0, 1, 2, Purpose.CRITIC_LATENT), (1, 1, 2, Purpose.CRITIC_LATENT), (0, 2, 2, Purpose.CRITIC_LATENT),
             (0, 1, 3, Purpose.CRITIC_LATENT), (0, 1, 2, Purpose.INTERPOLATION), (2**40, 1, 2, Purpose.CRITIC_LATENT)]
    seeds = {tuple(stream_seed(*part).numpy()) for part in parts}
    assert len(seeds) == len(parts)
    assert tuple(stream_seed(*parts[0]).numpy()) in seeds


def test_rows_depend_on_their_own_seed_alone():
    entries = {"z": Noise((3, 4), "truncated_normal")}
    together, alone = (row_noise(tf.constant(seeds, tf.int64), entries)["z"].numpy() for seeds in ([5, 9, 2**33], [9]))
    assert together.shape == (3, 3, 4)
    np.testing.assert_array_equal(together[:, 1:2], alone)
    assert len(np.unique(together)) == together.size


@pytest.mark.parametrize("distribution", ["truncated_normal", "normal", "uniform"])
def test_generators_of_one_and_three_steps_share_the_first_steps_noise(distribution):
    """In a battle (GAM) both generators are fed the same noise, as far as both have steps."""
    seeds = tf.constant([3, 4])
    short, long = (row_noise(seeds, {"z": Noise((steps, 128), distribution)})["z"].numpy() for steps in (1, 3))
    np.testing.assert_array_equal(short, long[:1])


ENTRIES = {"z": Noise((3, 4), "normal"), "code": Noise((2,), "uniform"), "more": Noise((3, 4), "normal")}


def test_entries_have_their_shapes_and_noise_of_their_own():
    """The axis of samples stands before the last; further entries leave the first as it is."""
    seeds = tf.constant([5, 9, 2**33, 5 + 2**32, 5 + 2**31], tf.int64)
    drawn = row_noise(seeds, ENTRIES)
    assert {name: values.shape for name, values in drawn.items()} == {
        "z": (3, 5, 4), "code": (5, 2), "more": (3, 5, 4)}
    assert Noise((3, 4), "normal").batch_shape(5) == [3, 5, 4]
    numbers = np.concatenate([values.numpy().ravel() for values in drawn.values()])
    assert len(np.unique(numbers)) == numbers.size
    assert np.abs(drawn["code"]).max() <= 1.0
    np.testing.assert_array_equal(drawn["z"], row_noise(seeds, {"z": ENTRIES["z"]})["z"])
    alone = row_noise(seeds[3:4], ENTRIES)
    for name, values in drawn.items():
        np.testing.assert_array_equal(tf.gather(values, [3], axis=len(ENTRIES[name].shape) - 1), alone[name])


def test_a_stream_draws_its_entries_and_uniform_numbers_for_each_purpose():
    stream, again = (Stream(7, tf.constant(3, tf.int64), update) for update in (2, 2))
    drawn = stream.noise(Purpose.CRITIC_LATENT, ENTRIES, tf.constant(6))
    assert {name: values.shape for name, values in drawn.items()} == {
        "z": (3, 6, 4), "code": (6, 2), "more": (3, 6, 4)}
    numbers = np.concatenate([values.numpy().ravel() for values in drawn.values()])
    assert len(np.unique(numbers)) == numbers.size
    np.testing.assert_array_equal(drawn["z"], latents(stream_seed(7, 3, 2, Purpose.CRITIC_LATENT), [3, 6, 4], "normal"))
    eps, other = (stream.uniform(purpose, tf.constant([50, 2])) for purpose in (Purpose.INTERPOLATION,
                                                                              Purpose.PERTURBATION))
    assert eps.shape == (50, 2)
    assert 0.0 <= float(tf.reduce_min(eps)) < 0.1
    assert 0.9 < float(tf.reduce_max(eps)) < 1.0
    assert np.all(eps != other)
    np.testing.assert_array_equal(again.uniform(Purpose.INTERPOLATION, tf.constant([50, 2])), eps)


def test_replicas_share_one_draw_between_them(two_replicas):
    def draw(rows):
        stream = Stream(7, 0, 0)
        return {"eps": stream.uniform(Purpose.INTERPOLATION, tf.constant([rows, 2])),
                **stream.noise(Purpose.CRITIC_LATENT, ENTRIES, tf.constant(rows))}

    expected = draw(6)
    halves = two_replicas.run(draw, args=(3,))
    for name, values in expected.items():
        parts = two_replicas.experimental_local_results(halves[name])
        axis = 0 if name == "eps" else len(ENTRIES[name].shape) - 1
        np.testing.assert_array_equal(tf.concat(parts, axis), values)


def test_truncation_scales_each_sample_by_its_own_factor():
    entries = {"z": ENTRIES["z"], "code": ENTRIES["code"]}
    scaled = truncated({"z": tf.ones([3, 2, 4]), "code": tf.ones([2, 2])}, entries, tf.constant([0.5, 2.0]))
    np.testing.assert_array_equal(scaled["z"], np.broadcast_to([[0.5], [2.0]], (3, 2, 4)))
    np.testing.assert_array_equal(scaled["code"], [[0.5, 0.5], [2.0, 2.0]])


@pytest.mark.parametrize(("seed", "count", "fits"), [
    (LARGEST_SEED - 1, 1, True), (LARGEST_SEED, 1, False), (-LARGEST_SEED, 1, False), (1 - LARGEST_SEED, 9, True),
    (LARGEST_SEED - 3, 3, True), (LARGEST_SEED - 3, 4, False)])
def test_seeds_have_room_for_all_that_are_counted_from_them(seed, count, fits):
    if fits:
        check_seed(seed, "first_seed", count)
        return
    with pytest.raises(ValueError, match=f"first_seed={seed}: must be between -2\\^62 and 2\\^62"):
        check_seed(seed, "first_seed", count)
