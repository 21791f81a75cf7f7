"""The adversarial model: one training step for every pair of generator, critic, objective and penalty."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.entries import Spec
from wirgan_tf.models import judging
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.balance import Balance, Snapshot
from wirgan_tf.models.earlier_canvases import CANVAS, EarlierCanvases
from wirgan_tf.models.judging import AllScores, Judged
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.models.schedules import HalvingOnStall
from wirgan_tf.models.side import Side
from wirgan_tf.models.state import State
from wirgan_tf.networks.dropout import MASK_COUNT
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.passes import INFERENCE, TRAINING, TRAINING_UNTRACKED, Pass
from wirgan_tf.noise import Noise, Purpose, Stream
from wirgan_tf.objectives import Objective, Penalty

Terms = dict[str, tf.Tensor]
"""Terms of a player's loss by name, scalars whose sum is minimised."""
CRITIC = "critic"


class AdversarialModel(Model):
    """Generators and critics that train against each other (Algorithms 2 and 3 of the GP-WIRGAN paper).

    `train_step` is one generator update: n_D critic updates on n_D fresh batches, then one of the generators. It runs
    under `model.fit` and under `strategy.run`. A subclass defines the terms of its losses by `critic_terms` and
    `generator_terms`; those here are for one generator and one critic. A subclass with several critics also defines by
    `judged` what each critic judges, and by `generate` how the judged batch is drawn.

    Args:
      generators: the player that draws; its network `generator` is a `networks.generator.Generator`.
      critics: the player that judges; its network `critic`, or each that `judged` names, is a `networks.critic.Critic`
        or `ConditionalCritic`. The term `objective` of `critic_a` is logged as `objective_a`.
      objective: the two losses.
      penalty: what keeps the critic smooth.
      critic_updates: n_D.
      seed: the seed of all noise.
      average: the generators whose weights follow those of the trained ones, or None.
      balance: when to skip an update of the player that is too far ahead, or None for never.
      halving: lowers the learning rates by the objective's measure of convergence, or None.
      earlier_canvases: which canvas of each sample is judged in training; None: the last.
      data_conditions, codes, frozen_generators: see `Model`.
    """

    progress = "wasserstein"

    def __init__(self, generators: Side, critics: Side, objective: Objective, penalty: Penalty, *, critic_updates: int,
                 seed: int, average: GeneratorAverage | None = None, balance: Balance | None = None,
                 halving: HalvingOnStall | None = None, earlier_canvases: EarlierCanvases | None = None,
                 data_conditions: Spec | None = None, codes: Spec | None = None,
                 frozen_generators: Mapping[str, keras.Model] | None = None):
        super().__init__(generators.networks, seed=seed, average=average, data_conditions=data_conditions, codes=codes,
                         frozen_generators=frozen_generators, name="adversarial")
        for name, network in critics.networks.items():
            setattr(self, name, network)
        self.generators = generators
        self.critics = critics
        self.objective = objective
        self.penalty = penalty
        self.critic_updates = critic_updates
        self.balance = balance
        self.halving = halving
        self.earlier_canvases = earlier_canvases
        self.memory = State(objective.initial_state, name="objective")

    def compile(self, jit_compile: bool = False, **kwargs) -> None:
        """Makes the model ready for `fit`; its optimizers are those of its players."""
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)

    @property
    def iteration(self) -> tf.Tensor:
        """Generator updates done or skipped, int64."""
        done = tf.cast(self.generators.optimizer.iterations, tf.int64)
        return done if self.balance is None else done + self.balance.skipped_generator

    @property
    def state(self) -> dict[str, Any]:
        """What is remembered between updates besides networks and optimizers: saved and restored with the run."""
        parts = [part for part in (self.memory, self.balance, self.halving) if part is not None]
        return functools.reduce(dict.__or__, (part.state for part in parts))

    @property
    def parts(self) -> dict[str, Any]:
        """All networks and both optimizers, whose step counts are the run's counters."""
        return super().parts | self.critics.networks | {"generator_optimizer": self.generators.optimizer,
                                                        "critic_optimizer": self.critics.optimizer}

    @property
    def training_noise(self) -> dict[str, Noise]:
        return super().training_noise | ({} if self.earlier_canvases is None else self.earlier_canvases.noise)

    @property
    def entries(self) -> tuple[str, ...]:
        """The entries of the data that an update uses."""
        conditions = [entry.entry or name for name, entry in self.data_conditions.items()]
        return tuple(dict.fromkeys(("image", *conditions)))

    def train_step(self, data) -> Logs:
        """One generator update.

        Args:
          data: {"image": float32 [n_D, B, *shape], and the entries that conditions are made of, [n_D, B, ...]}: a batch
            for each critic update; B is this replica's share.

        Returns: scalars of this replica: each term of the losses as `critic/<term>` and `generator/<term>`, their sums
        `critic/loss` and `generator/loss`, `critic/accuracy` (see `ranking_accuracy`), the norms of the gradients,
        `wasserstein` (E[s] - E[r] on the training batches), and what the objective and the balance remember. Scalars
        of the critic are means over its n_D updates.
        """
        data = self.examples_of(data)
        images = data["image"]
        if images.shape[0] != self.critic_updates:
            raise ValueError(f"train_step got images of shape {images.shape}; expected [{self.critic_updates}, B, ...],"
                             f" a batch for each of the {self.critic_updates} critic updates")
        batches = {name: data[name] for name in self.entries}
        before = tf.identity(self.critics.optimizer.iterations.value)
        logs = self._update_critics_in_turn(batches)
        critic_updated = self.critics.optimizer.iterations.value > before
        logs |= self.update_generators({name: values[-1] for name, values in batches.items()}, logs["critic/accuracy"])
        if self.halving is not None:
            self.halving.after_generator_update(self.memory[self.objective.convergence], critic_updated)
        shown = self.memory.state | (self.balance.state if self.balance is not None else {})
        return logs | {name: tf.cast(variable, tf.float32) for name, variable in shown.items()}

    def _update_critics_in_turn(self, batches: Batch) -> Logs:
        updates, fakes = tf.range(self.critic_updates, dtype=tf.int64), None
        if self.independent_samples:
            fakes = self._draw_for_all_updates(batches)

        names = []

        def turn(update: tf.Tensor) -> tf.Tensor:
            real, fake = ({name: values[update] for name, values in batch.items()} if batch else None
                          for batch in (batches, fakes))
            logs = self.update_critics(update, real, fake)
            names[:] = logs
            return tf.stack(list(logs.values()))

        if replicas.count() > 1:
            # Replicas synchronise in every update, which they cannot do inside a loop of the graph.
            logs = tf.stack([turn(updates[k]) for k in range(self.critic_updates)])
        else:
            logs = tf.map_fn(turn, updates, fn_output_signature=tf.TensorSpec([None]), parallel_iterations=1)
        return dict(zip(names, tf.unstack(tf.reduce_mean(logs, axis=0), num=len(names)), strict=True))

    @property
    def independent_samples(self) -> bool:
        """Whether each sample is a function of its own noise alone in training too: then all can be drawn at once."""
        return all(network.independent_samples for network in self.generators.networks.values())

    def _draw_for_all_updates(self, batches: Batch) -> Batch:
        """The generated images of all critic updates, [n_D, B, *shape], drawn in one call."""
        count, rows = self.critic_updates, tf.shape(batches["image"])[1]
        noise = [self._stream(update).noise(Purpose.CRITIC_LATENT, self.training_noise, rows)
                 for update in range(count)]
        noise = {name: tf.concat([part[name] for part in noise], axis=len(entry.shape) - 1)
                 for name, entry in self.training_noise.items()}
        parts = [{name: values[update] for name, values in batches.items()} for update in range(count)]
        real, conditions = _joined(parts), _joined([self._conditions_of(part) for part in parts])
        drawn = self.generate(real, conditions, noise, TRAINING)
        return {name: tf.reshape(values, [count, rows, *values.shape[1:]]) for name, values in drawn.items()
                if name != "canvases"}

    def update_critics(self, update: tf.Tensor, real: Batch, fake: Batch | None = None) -> Logs:
        """Critic update number `update` of this generator update.

        Args:
          update: its number, int64 [].
          real: images [B, *shape] and their conditions.
          fake: the generated images of this update, if already drawn; they share the conditions of `real`.
        """
        stream = self._stream(update)
        if fake is None:
            noise = stream.noise(Purpose.CRITIC_LATENT, self.training_noise, tf.shape(real["image"])[0])
            fake = self.generate(real, self._conditions_of(real), noise, TRAINING)
        before = Snapshot(self._critic_variables) if self.balance is not None else None
        fake = self.shown_to_critics(fake, stream)
        with tf.GradientTape() as tape:
            scores = self.critic_scores(real, fake, TRAINING)
            terms = self.critic_terms(real, fake, scores, stream)
        logs = self.critics.minimize(terms, tape)
        for name, found in scores.items():
            self.penalty.constrain(self.critics.networks[name])
            self.memory.assign(self.objective.next_state(found))
        accuracy = judging.accuracy(scores)
        if before is not None:
            before.restore_if(self.balance.skips_critic(accuracy))
        return {**{f"critic/{name}": value for name, value in logs.items()}, "critic/accuracy": accuracy,
                "wasserstein": judging.distance(scores)}

    def update_generators(self, real: Batch, critic_accuracy: tf.Tensor) -> Logs:
        """The update of the generators; `real` is the critic's last batch, whose conditions the samples share."""
        stream = self._stream(tf.constant(0, tf.int64))
        before = Snapshot(self._generator_variables) if self.balance is not None else None
        noise = stream.noise(Purpose.GENERATOR_LATENT, self.training_noise, tf.shape(real["image"])[0])
        with tf.GradientTape() as tape:
            fake = self.generate(real, self._conditions_of(real), noise, TRAINING)
            scores = self.generator_scores(real, fake)
            terms = self.generator_terms(real, fake, noise, scores, stream)
        logs = self.generators.minimize(terms, tape)
        if self.average is not None:
            self.average.update(self.trained_generators, self.iteration)
        if before is not None:
            before.restore_if(self.balance.skips_generator(critic_accuracy))
        return {f"generator/{name}": value for name, value in logs.items()}

    def generate(self, real: Batch, conditions: Batch, noise: Batch, run: Pass) -> Batch:
        """The generated images that are judged along with those of a batch of the data.

        Args:
          real: a batch of the data, by entry, [B, ...].
          conditions: those of the samples, by name, [B, ...].
          noise: as in `draw`.
          run: how the networks are called.

        Returns: at least what `judged` needs, [B, ...].
        """
        del real
        drawn = self.draw(self.trained_generators, noise, conditions, run)
        if CANVAS not in noise:
            return drawn
        return drawn | {"image": self.earlier_canvases.chosen(drawn["canvases"], noise[CANVAS], self.iteration)}

    def shown_to_critics(self, fake: Batch, stream: Stream) -> Batch:
        """The generated images that the critics are trained on when `fake` was drawn."""
        del stream
        return fake

    def judged(self, real: Batch, fake: Batch) -> dict[str, Judged]:
        """What each critic judges, by the critic's name."""
        return {CRITIC: Judged(real["image"], fake["image"], self._conditions_of(real))}

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        """The terms of the critics' losses: the objective and the penalty of each critic."""
        terms = {}
        for name, (real_images, fake_images, conditions) in self.judged(real, fake).items():
            terms[_term("objective", name)] = self.objective.critic_loss(scores[name])
            critic = self.critics.networks[name].given(conditions)
            penalty = self.penalty.loss(critic, real_images, fake_images, stream)
            if penalty is not None:
                terms[_term("penalty", name)] = penalty
        return terms

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        """The terms of the generators' loss."""
        del real, fake, noise, stream
        return {_term("objective", name): self.objective.generator_loss(found) for name, found in scores.items()}

    @property
    def needs_features(self) -> bool:
        """Whether `Scores` must hold the critic's features of the images."""
        return self.objective.needs_features

    def critic_scores(self, real: Batch, fake: Batch, run: Pass) -> AllScores:
        """Each critic's scores of both batches, each batch judged by itself."""
        return {name: judging.scores_of_both(self.critics.networks[name], judged, run, **self._asked)
                for name, judged in self.judged(real, fake).items()}

    def generator_scores(self, real: Batch, fake: Batch) -> AllScores:
        """The critics' scores in the generators' update, which leaves the critics' statistics as they are.

        Real images are scored only for an objective that needs their scores.
        """
        score = judging.scores_of_both if self.objective.needs_real_scores else judging.scores_of_generated
        return {name: score(self.critics.networks[name], judged, TRAINING_UNTRACKED, **self._asked)
                for name, judged in self.judged(real, fake).items()}

    @property
    def _asked(self) -> dict[str, Any]:
        """What `Scores` must hold besides the scores themselves."""
        return {"features": self.needs_features, "state": self.memory.values}

    def diagnostics(self) -> Logs:
        """The penalty's diagnostics of each critic, and how many updates have been skipped."""
        skipped = {} if self.balance is None else self.balance.state
        shown = {name: tf.cast(count, tf.float32) for name, count in skipped.items()}
        for critic, network in self.critics.networks.items():
            if critic.startswith(CRITIC):
                found = self.penalty.diagnostics(network)
                shown |= {_term(name, critic): value for name, value in found.items()}
        return shown

    def estimates(self, batch: Batch) -> Logs:
        """`real_score` E[s] and `generated_score` E[r] of each critic, and the mean of E[s] - E[r] over the critics.

        All are computed at inference, on the batch and as many samples, with the same noise at every call. The samples
        are drawn by the generator that the critic is trained against, not by its average.
        """
        noise = self._held_out_noise(self.noise, tf.shape(batch["image"])[0])
        fake = self.generate(batch, self._conditions_of(batch), noise, INFERENCE)
        scores = self.critic_scores(batch, fake, INFERENCE)
        means = {"wasserstein_estimate": judging.distance(scores)}
        for name, found in scores.items():
            means |= {_term("real_score", name): tf.reduce_mean(found.real),
                      _term("generated_score", name): tf.reduce_mean(found.fake)}
        return means

    @property
    def _critic_variables(self) -> list:
        """All that a critic update changes on the critic's side, except the counts of drawn masks: noise moves on."""
        changed = [variable for variable in self.critics.variables if variable.name != MASK_COUNT]
        return [*changed, *self.memory.state.values()]

    @property
    def _generator_variables(self) -> list:
        """All that a generator update changes."""
        average = [] if self.average is None else self.average.variables
        return [*self.generators.variables, *average]


def _joined(parts: Iterable[Batch]) -> Batch:
    """Batches joined into one, in their order."""
    parts = list(parts)
    return {name: tf.concat([part[name] for part in parts], axis=0) for name in parts[0]}


def _term(name: str, critic: str) -> str:
    """What a term of a critic's loss is called: that of `critic_a` is `<name>_a`."""
    return name + critic.removeprefix(CRITIC)
