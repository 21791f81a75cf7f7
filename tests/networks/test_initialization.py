import itertools

import numpy as np
import pytest

from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.noise import LARGEST_SEED

LARGEST = LARGEST_SEED - 1


def first_seeds(seed, network, count=3):
    make = WeightInitializers("normal", seed, network)
    return [make().seed for _ in range(count)]


@pytest.mark.parametrize("seed", [0, 3, 1_000_000])
def test_generator_and_critic_count_on_from_the_runs_seed(seed):
    """A thousand layers lie between the two players, and between one run and the next."""
    assert first_seeds(seed, GENERATOR) == [2000 * seed, 2000 * seed + 1, 2000 * seed + 2]
    assert first_seeds(seed, CRITIC) == [2000 * seed + 1000, 2000 * seed + 1001, 2000 * seed + 1002]


def test_weights_of_seed_3():
    assert (first_seeds(3, GENERATOR)[0], first_seeds(3, CRITIC)[0]) == (6000, 7000)


@pytest.mark.parametrize("network", [GENERATOR, CRITIC, "second_generator"])
@pytest.mark.parametrize("kind", ["normal", "glorot", "he"])
def test_huge_seeds_draw_weights_of_their_own(network, kind):
    drawn = [np.asarray(WeightInitializers(kind, seed, network)()((3, 4))) for seed in (LARGEST, LARGEST - 1, -LARGEST)]
    assert all(np.all(np.isfinite(weights)) for weights in drawn)
    assert len({weights.tobytes() for weights in drawn}) == 3


def test_networks_differ_by_seed_and_name():
    """Further networks are seeded by a hash: the third network of one run does not have the first seeds of the next."""
    seeds = range(50)
    further = {(seed, name): first_seeds(seed, name, 20)
               for seed, name in itertools.product(seeds, ("second", "third"))}
    assert first_seeds(7, "second", 20) == further[7, "second"]
    players = [first_seeds(seed, name, 20) for seed, name in itertools.product(seeds, (GENERATOR, CRITIC))]
    everything = [number for numbers in (*further.values(), *players) for number in numbers]
    assert len(set(everything)) == len(everything)
    assert all(0 <= number < 2**31 - 2 + 20 for number in everything)  # what Keras draws from, without a second modulus


@pytest.mark.parametrize(("kind", "deviation"), [
    ("normal", 0.02), ("glorot", (2 / (300 + 100)) ** 0.5), ("he", (2 / 300) ** 0.5)])
def test_deviations(kind, deviation):
    weights = np.asarray(WeightInitializers(kind, 0, GENERATOR)()((300, 100)))
    assert weights.std() == pytest.approx(deviation, rel=0.02)


def test_an_unknown_kind_lists_the_choices():
    with pytest.raises(ValueError, match="unknown initializer 'xavier'; the choices are: normal, glorot, he"):
        WeightInitializers("xavier", 0, GENERATOR)()
