"""The adversarial model: one training step for every pair of generator, critic, objective and penalty."""

import functools
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.balance import Balance, Snapshot, ranking_accuracy
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.models.schedules import HalvingOnStall
from wirgan_tf.noise import Purpose
from wirgan_tf.objectives import Objective, Penalty, Scores, checked_scores, checked_scores_and_codes


class AdversarialModel(Model):
    """A generator and a critic that train against each other (Algorithms 2 and 3 of the GP-WIRGAN paper).

    `train_step` is one generator update: n_D critic updates on n_D fresh batches, then one of the generator. It runs
    under `model.fit` and under `strategy.run`; losses are divided by the number of replicas, since gradients are
    summed over them.

    Args:
      generator: z [T, B, latent] -> images [B, *shape], with `generate(z, training)`.
      critic: images [B, *shape] -> scores [B], called with `training` and with `update_statistics`; for an objective
        that needs codes also `scores_and_codes` -> (scores [B], codes [B, k]).
      objective: the two losses.
      penalty: what keeps the critic smooth.
      critic_updates: n_D.
      noise: distribution of z.
      seed: of all noise.
      average: the generator whose weights follow the trained one's, or None.
      balance: when to skip an update of the player that is too far ahead, or None for never.
    """

    progress = "wasserstein"

    def __init__(self, generator: keras.Model, critic: keras.Model, objective: Objective, penalty: Penalty, *,
                 critic_updates: int, noise: str, seed: int, average: GeneratorAverage | None = None,
                 balance: Balance | None = None):
        super().__init__(generator, noise=noise, seed=seed, average=average, name="adversarial")
        self.critic = critic
        self.objective = objective
        self.penalty = penalty
        self.critic_updates = critic_updates
        self.balance = balance
        self.halving = None

    def compile(self, generator_optimizer: keras.optimizers.Optimizer, critic_optimizer: keras.optimizers.Optimizer,
                halving: HalvingOnStall | None = None, jit_compile: bool = False, **kwargs) -> None:
        """Sets the optimizers and builds their variables, which a distribution strategy needs before the first step.

        `halving` lowers their rates by the objective's state `convergence`.
        """
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer = critic_optimizer
        self.halving = halving
        generator_optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critic.trainable_variables)

    @property
    def iteration(self) -> tf.Tensor:
        """Generator updates done or skipped, int64."""
        done = tf.cast(self.generator_optimizer.iterations, tf.int64)
        return done if self.balance is None else done + self.balance.skipped_generator

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What is remembered between updates beside networks and optimizers: saved and restored with the run."""
        parts = [part for part in (self.objective, self.balance, self.halving) if part is not None]
        return functools.reduce(dict.__or__, (part.state for part in parts))

    @property
    def parts(self) -> dict[str, Any]:
        """Both networks, the averaged generator, and both optimizers, whose step counts are the run's counters."""
        return super().parts | {"critic": self.critic, "generator_optimizer": self.generator_optimizer,
                                "critic_optimizer": self.critic_optimizer}

    @property
    def observed(self) -> list[keras.Variable]:
        """The critic's, by which a clipped one is seen to become a pattern of signs."""
        return self.critic.trainable_variables

    def train_step(self, data) -> Logs:
        """One generator update.

        Args:
          data: {"image": float32 [n_D, B, *shape]}, one batch for each critic update; B is this replica's share.

        Returns: scalars of this replica: `critic_loss`, `generator_loss`, `wasserstein` (E[s] - E[r] on the training
        batches), `penalty`, `critic_accuracy` (see `ranking_accuracy`), the norms of both gradients, and what the
        objective and the balance show. Those of the critic are means over its n_D updates.
        """
        images = data["image"]
        if images.shape[0] != self.critic_updates:
            raise ValueError(f"train_step got images of shape {images.shape}; expected [{self.critic_updates}, B, ...],"
                             f" a batch for each of the {self.critic_updates} critic updates")
        logs = self._update_critic_in_turn(images)
        logs |= self._update_generator(tf.shape(images)[1], logs["critic_accuracy"])
        if self.halving is not None:
            self.halving.after_generator_update(self.iteration, self.objective.state["convergence"])
            logs["generator_learning_rate"] = tf.convert_to_tensor(self.generator_optimizer.learning_rate)
        shown = self.objective.state | (self.balance.state if self.balance is not None else {})
        return logs | {name: tf.cast(variable, tf.float32) for name, variable in shown.items()}

    def _update_critic_in_turn(self, images) -> Logs:
        updates, fakes = tf.range(self.critic_updates, dtype=tf.int64), None
        if self.generator.independent_samples:
            fakes = self._fakes(tf.unstack(updates), tf.shape(images)[1])

        def turn(update: tf.Tensor) -> Logs:
            return self.update_critic(update, images[update], None if fakes is None else fakes[update])

        if replicas.count() > 1:
            # Replicas meet in every update, and cannot inside a loop of the graph.
            logs = [turn(updates[k]) for k in range(self.critic_updates)]
            logs = tf.nest.map_structure(lambda *values: tf.stack(values), *logs)
        else:
            signature = dict.fromkeys(("critic_loss", "wasserstein", "penalty", "critic_accuracy",
                                       "critic_gradient_norm"), tf.float32)
            logs = tf.map_fn(turn, updates, fn_output_signature=signature, parallel_iterations=1)
        return {name: tf.reduce_mean(values) for name, values in logs.items()}

    def _fakes(self, updates: Sequence[tf.Tensor], rows: tf.Tensor) -> tf.Tensor:
        """The generated images of these critic updates, [len(updates), rows, *shape], drawn in one call."""
        z = [self._latents(update, Purpose.CRITIC_LATENT, rows) for update in updates]
        images = self.generator.generate(tf.concat(z, axis=1), training=True)
        return tf.reshape(images, [len(updates), rows, *images.shape[1:]])

    def update_critic(self, update: tf.Tensor, real: tf.Tensor, fake: tf.Tensor | None = None) -> Logs:
        """Critic update number `update` of this generator update, on the batch `real` [B, *shape].

        `fake` are the generated images of this update, when they are there already.
        """
        if fake is None:
            fake = self._fakes([update], tf.shape(real)[0])[0]
        before = Snapshot(self._critic_variables) if self.balance is not None else None
        with tf.GradientTape() as tape:
            scores = self.score(real, fake)
            loss = self.objective.critic_loss(scores)
            penalty = self.penalty.loss(self.critic, real, fake, functools.partial(self._uniform, update))
            shared = (loss + penalty) / replicas.count()
        gradients = tape.gradient(shared, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradients, self.critic.trainable_variables)
        self.penalty.after_critic_update(self.critic)
        self.objective.after_critic_update(scores)
        accuracy = ranking_accuracy(scores.real, scores.fake)
        if before is not None:
            before.restore_if(self.balance.skips_critic(accuracy))
        return {"critic_loss": loss + penalty, "wasserstein": tf.reduce_mean(scores.real - scores.fake),
                "penalty": penalty, "critic_accuracy": accuracy,
                "critic_gradient_norm": tf.linalg.global_norm(gradients) * replicas.count()}

    def _update_generator(self, rows: tf.Tensor, critic_accuracy: tf.Tensor) -> Logs:
        before = Snapshot(self._generator_variables) if self.balance is not None else None
        z = self._latents(tf.constant(0, tf.int64), Purpose.GENERATOR_LATENT, rows)
        with tf.GradientTape() as tape:
            fake = self.generator.generate(z, training=True)
            scores = self.score_generated(fake)
            loss = self.objective.generator_loss(scores)
            shared = loss / replicas.count()
        gradients = tape.gradient(shared, self.generator.trainable_variables)
        self.generator_optimizer.apply(gradients, self.generator.trainable_variables)
        if self.average is not None:
            self.average.update(self.generator, self.iteration)
        if before is not None:
            before.restore_if(self.balance.skips_generator(critic_accuracy))
        return {"generator_loss": loss, "generator_gradient_norm": tf.linalg.global_norm(gradients) * replicas.count()}

    def score(self, real: tf.Tensor, fake: tf.Tensor, training: bool = True) -> Scores:
        """The critic's scores of both batches [B, *shape], each judged by itself."""
        if getattr(self.critic, "piecewise_linear", False) and not self.objective.needs_codes:
            # A function of each image alone: one call for both.
            scores = checked_scores(self.critic, tf.concat([real, fake], axis=0), training)
            return Scores(*tf.split(scores, [tf.shape(real)[0], tf.shape(fake)[0]]), real, fake)
        real_scores = checked_scores(self.critic, real, training)
        fake_scores, codes = self._judge(fake, training)
        return Scores(real_scores, fake_scores, real, fake, codes)

    def score_generated(self, fake: tf.Tensor) -> Scores:
        """The critic's scores of generated images [B, *shape] in training, its statistics left as they are."""
        scores, codes = self._judge(fake, training=True, update_statistics=False)
        return Scores(None, scores, None, fake, codes)

    def _judge(self, images: tf.Tensor, training: bool,
               update_statistics: bool = True) -> tuple[tf.Tensor, tf.Tensor | None]:
        if self.objective.needs_codes:
            return checked_scores_and_codes(self.critic, images, training, update_statistics)
        return checked_scores(self.critic, images, training, update_statistics), None

    def diagnostics(self) -> Logs:
        """What the penalty shows of the critic."""
        return self.penalty.shown(self.critic)

    def estimates(self, images: tf.Tensor) -> Logs:
        """`wasserstein_estimate` of images [B, *shape]."""
        return {"wasserstein_estimate": self.wasserstein_estimate(images)}

    def wasserstein_estimate(self, real: tf.Tensor) -> tf.Tensor:
        """E[s] - E[r] at inference, for real images [B, *shape] and as many samples; the same noise at every call.

        The samples are those of the generator in training, which the critic is trained against, not of its average.
        """
        fake = self.generator.generate(self._held_out_latents(tf.shape(real)[0]))
        scores = self.score(real, fake, training=False)
        return tf.reduce_mean(scores.real) - tf.reduce_mean(scores.fake)

    @property
    def _critic_variables(self) -> list[keras.Variable]:
        """All that a critic update changes of the critic's side, but the counts of drawn masks: noise goes on."""
        critic = [variable for variable in self.critic.variables if variable.dtype != "int64"]
        return [*critic, *self.critic_optimizer.variables, *self.objective.state.values()]

    @property
    def _generator_variables(self) -> list[keras.Variable]:
        """All that a generator update changes."""
        average = [] if self.average is None else self.average.variables
        return [*self.generator.variables, *self.generator_optimizer.variables, *average]
