"""The adversarial model: one training step for every pair of generator, critic, objective and penalty."""

import keras
import tensorflow as tf

from wirgan_tf.noise import ALGORITHM, Purpose, latents, stream_seed
from wirgan_tf.objectives import Objective, Penalty, Scores, checked_scores

Logs = dict[str, tf.Tensor]


class AdversarialModel(keras.Model):
    """A generator and a critic that train against each other (Algorithms 2 and 3 of the GP-WIRGAN paper).

    `train_step` is one generator update: n_D critic updates on n_D fresh batches, then one of the generator. It runs
    under `model.fit` and under `strategy.run`; losses are divided by the number of replicas, since gradients are
    summed over them. Noise is drawn for the whole batch and cut into the replicas' rows, so that it does not depend
    on how many devices share the work.

    Args:
      generator: z [T, B, latent] -> images [B, *shape], with `generate(z, training)`.
      critic: images [B, *shape] -> scores [B], called with `training` and with `update_statistics`.
      objective: the two losses.
      penalty: what keeps the critic smooth.
      critic_updates: n_D.
      noise: distribution of z.
      seed: of all noise.
      average: the generator whose weights follow the trained one's, or None.
    """

    def __init__(self, generator: keras.Model, critic: keras.Model, objective: Objective, penalty: Penalty, *,
                 critic_updates: int, noise: str, seed: int, average=None):
        super().__init__(name="adversarial")
        self.generator = generator
        self.critic = critic
        self.objective = objective
        self.penalty = penalty
        self.critic_updates = critic_updates
        self.noise = noise
        self.seed = seed
        self.average = average
        self.built = True

    def compile(self, generator_optimizer: keras.optimizers.Optimizer, critic_optimizer: keras.optimizers.Optimizer,
                jit_compile: bool = False, **kwargs) -> None:
        """Sets the optimizers and builds their variables, which a distribution strategy needs before the first step."""
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer = critic_optimizer
        generator_optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critic.trainable_variables)

    @property
    def iteration(self) -> tf.Tensor:
        """Generator updates done, int64."""
        return tf.cast(self.generator_optimizer.iterations, tf.int64)

    @property
    def sampler(self) -> keras.Model:
        """The generator to sample from: the averaged one when there is one."""
        return self.generator if self.average is None else self.average.model

    def call(self, z, training: bool = False):
        return self.generator.generate(z, training)

    def train_step(self, data) -> Logs:
        """One generator update.

        Args:
          data: {"image": float32 [n_D, B, *shape]}, one batch for each critic update; B is this replica's share.

        Returns: scalars of this replica: `critic_loss`, `generator_loss`, `wasserstein` (E[s] - E[r] on the training
        batches), `penalty`, and the norms of both gradients. Those of the critic are means over its n_D updates.
        """
        images = data["image"]
        if images.shape[0] != self.critic_updates:
            raise ValueError(f"train_step got images of shape {images.shape}; expected [{self.critic_updates}, B, ...],"
                             f" a batch for each of the {self.critic_updates} critic updates")
        logs = self._update_critic_in_turn(images)
        return logs | self._update_generator(tf.shape(images)[1])

    def _update_critic_in_turn(self, images) -> Logs:
        updates = tf.range(self.critic_updates, dtype=tf.int64)
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            # Replicas meet in every update, and cannot inside a loop of the graph.
            logs = [self.update_critic(updates[k], images[k]) for k in range(self.critic_updates)]
            logs = tf.nest.map_structure(lambda *values: tf.stack(values), *logs)
        else:
            signature = dict.fromkeys(("critic_loss", "wasserstein", "penalty", "critic_gradient_norm"), tf.float32)
            logs = tf.map_fn(lambda turn: self.update_critic(*turn), (updates, images), fn_output_signature=signature,
                             parallel_iterations=1)
        return {name: tf.reduce_mean(values) for name, values in logs.items()}

    def update_critic(self, update: tf.Tensor, real: tf.Tensor) -> Logs:
        """Critic update number `update` of this generator update, on the batch `real` [B, *shape]."""
        rows = tf.shape(real)[0]
        fake = self.generator.generate(self._latents(update, Purpose.CRITIC_LATENT, rows), training=True)
        mixing = self._this_replica(tf.random.stateless_uniform(
            [rows * _replicas()], self._seed(update, Purpose.INTERPOLATION), alg=ALGORITHM))
        with tf.GradientTape() as tape:
            scores = self.score(real, fake)
            loss = self.objective.critic_loss(scores)
            penalty = self.penalty.loss(self.critic, real, fake, mixing)
            shared = (loss + penalty) / _replicas()
        gradients = tape.gradient(shared, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradients, self.critic.trainable_variables)
        self.penalty.after_critic_update(self.critic)
        return {"critic_loss": loss + penalty, "wasserstein": tf.reduce_mean(scores.real - scores.fake),
                "penalty": penalty, "critic_gradient_norm": tf.linalg.global_norm(gradients) * _replicas()}

    def _update_generator(self, rows: tf.Tensor) -> Logs:
        z = self._latents(tf.constant(0, tf.int64), Purpose.GENERATOR_LATENT, rows)
        with tf.GradientTape() as tape:
            fake = self.generator.generate(z, training=True)
            scores = Scores(None, checked_scores(self.critic, fake, training=True, update_statistics=False), None, fake)
            loss = self.objective.generator_loss(scores)
            shared = loss / _replicas()
        gradients = tape.gradient(shared, self.generator.trainable_variables)
        self.generator_optimizer.apply(gradients, self.generator.trainable_variables)
        if self.average is not None:
            self.average.update(self.generator, self.iteration)
        return {"generator_loss": loss, "generator_gradient_norm": tf.linalg.global_norm(gradients) * _replicas()}

    def score(self, real: tf.Tensor, fake: tf.Tensor, training: bool = True) -> Scores:
        """The critic's scores of both batches [B, *shape], each judged by itself."""
        return Scores(checked_scores(self.critic, real, training), checked_scores(self.critic, fake, training),
                      real, fake)

    def wasserstein_estimate(self, real: tf.Tensor) -> tf.Tensor:
        """E[s] - E[r] at inference, for real images [B, *shape] and as many samples; the same noise at every call.

        The samples are those of the generator in training, which the critic is trained against, not of its average.
        """
        seed = stream_seed(self.seed, tf.constant(0), tf.constant(0), Purpose.HELD_OUT_LATENT)
        shape = [self.generator.time_steps, tf.shape(real)[0], self.generator.latent]
        scores = self.score(real, self.generator.generate(latents(seed, shape, self.noise)), training=False)
        return tf.reduce_mean(scores.real) - tf.reduce_mean(scores.fake)

    def _seed(self, update: tf.Tensor, purpose: Purpose) -> tf.Tensor:
        return stream_seed(self.seed, self.iteration, update, purpose)

    def _latents(self, update: tf.Tensor, purpose: Purpose, rows: tf.Tensor) -> tf.Tensor:
        shape = [self.generator.time_steps, rows * _replicas(), self.generator.latent]
        return self._this_replica(latents(self._seed(update, purpose), shape, self.noise), axis=1)

    def _this_replica(self, values: tf.Tensor, axis: int = 0) -> tf.Tensor:
        """This replica's equal part of what was drawn for all of them."""
        if _replicas() == 1:
            return values
        part = tf.distribute.get_replica_context().replica_id_in_sync_group
        rows = tf.shape(values)[axis] // _replicas()
        return tf.gather(values, part * rows + tf.range(rows), axis=axis)


def _replicas() -> int:
    return tf.distribute.get_strategy().num_replicas_in_sync
