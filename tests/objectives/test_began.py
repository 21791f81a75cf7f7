import pytest
import tensorflow as tf

from wirgan_tf.objectives import Scores
from wirgan_tf.objectives.began import BoundaryEquilibrium


def energies(real, fake, k=0.0):
    return Scores(-tf.constant(real), -tf.constant(fake), None, None, state={"k": k, "convergence": 0.0})


def test_k_and_the_convergence_measure_by_hand():
    """gamma = 1/2, lambda_k = 1/10."""
    objective = BoundaryEquilibrium(gamma=0.5, k_learning_rate=0.1)
    k, seen = objective.initial_state["k"], []
    for real, fake in [([1.0, 3.0], [0.5, 0.5]),  # 1 - 0.5:  k = 0.05, M = 2 + 0.5
                       ([1.0, 1.0], [0.0, 0.4]),  # 0.5 - 0.2:  k = 0.08, M = 1 + 0.3
                       ([1.0, 1.0], [2.0, 2.0])]:  # 0.5 - 2:  k = [0.08 - 0.15] clipped to 0, M = 1 + 1.5
        state = objective.next_state(energies(real, fake, k))
        k = state["k"]
        seen.append((float(k), float(state["convergence"])))
    assert seen == [pytest.approx((0.05, 2.5)), pytest.approx((0.08, 1.3)), pytest.approx((0.0, 2.5))]


def test_k_is_at_most_1():
    objective = BoundaryEquilibrium(gamma=0.5, k_learning_rate=10.0)
    assert float(objective.next_state(energies([2.0], [0.5]))["k"]) == 1.0


def test_the_critic_pushes_generated_images_away_with_k():
    objective = BoundaryEquilibrium(gamma=0.5, k_learning_rate=0.1)
    scores = energies([1.0, 3.0], [2.0, 6.0], k=0.25)
    assert float(objective.critic_loss(scores)) == pytest.approx(2.0 - 0.25 * 4.0)
    assert float(objective.generator_loss(scores)) == pytest.approx(4.0)


def test_replicas_agree_on_k_by_the_whole_batch(two_replicas):
    """Energies (1, 3) and (0.2, 0.8) in halves: the means of the first row above, so its k and M on both replicas."""
    objective = BoundaryEquilibrium(gamma=0.5, k_learning_rate=0.1)
    halves = [energies([1.0], [0.2]), energies([3.0], [0.8])]

    @tf.function
    def update():
        scores = two_replicas.experimental_distribute_values_from_function(
            lambda context: halves[context.replica_id_in_sync_group].real)
        fake = two_replicas.experimental_distribute_values_from_function(
            lambda context: halves[context.replica_id_in_sync_group].fake)
        state = halves[0].state
        return two_replicas.run(lambda real, fake: objective.next_state(Scores(real, fake, None, None, state=state)),
                                args=(scores, fake))

    after = update()
    for name, expected in (("k", 0.05), ("convergence", 2.5)):
        assert [float(value) for value in two_replicas.experimental_local_results(after[name])] == [
            pytest.approx(expected)] * 2
