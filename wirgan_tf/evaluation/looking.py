"""Instruments look at generated images batch by batch, and what they saw becomes evidence."""

import numpy as np

from wirgan_tf.evaluation.code_correlation import slant, thickness
from wirgan_tf.evaluation.evidence import Evidence, Strokes
from wirgan_tf.evaluation.examples import PARTNER
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.modes import mode_numbers
from wirgan_tf.evaluation.partner_errors import PartnerErrors, partner_errors
from wirgan_tf.evaluation.protocol import Conditions, Instruments


def look(images: np.ndarray, conditions: Conditions, of_examples: Conditions, instruments: Instruments,
          needs: set[str], found: dict[str, list]) -> None:
    """Adds to `found`, by instrument, what the needed instruments see in a batch of generated images."""
    if needs & {"network", "classifier"}:
        found["network"].append(instruments.network(images))
    if "image" in needs:
        found["image"].append(Strokes(slant(images), thickness(images)))
    if "channels" in needs:
        found["channels"].append(mode_numbers(images, instruments.channels))
    if "classifiers" in needs:
        found["classifiers"].append([classifier(images)[0] for classifier in instruments.classifiers])
    if "attributes" in needs:
        found["attributes"].append(instruments.attributes(images)[0])
    if "critic" in needs:
        found["critic"].append(instruments.critic(images, conditions))
    if "partner" in needs:
        found["partner"].append(partner_errors(images, of_examples[PARTNER]))
    if "cycle" in needs:
        found["cycle"].append(instruments.cycle(images, conditions, of_examples))


def gathered(found: dict[str, list], real: Evidence) -> Evidence:
    """The evidence on all batches: `real`, that on the real images, and what was found in the generated ones."""
    seen = real
    if found["network"]:
        seen = seen._replace(fake=Activations.joined(found["network"]))
    if found["image"]:
        seen = seen._replace(strokes=Strokes(*(np.concatenate(parts) for parts in zip(*found["image"], strict=True))))
    if found["channels"]:
        seen = seen._replace(modes=np.concatenate(found["channels"]))
    if found["classifiers"]:
        seen = seen._replace(logits=tuple(np.concatenate(parts) for parts in zip(*found["classifiers"], strict=True)))
    if found["attributes"]:
        seen = seen._replace(attributes=np.concatenate(found["attributes"]))
    if found["critic"]:
        seen = seen._replace(scores=(real.scores[0], np.concatenate(found["critic"])))
    if found["partner"]:
        seen = seen._replace(partner=PartnerErrors(*map(np.concatenate, zip(*found["partner"], strict=True))))
    if found["cycle"]:
        seen = seen._replace(cycle=np.concatenate(found["cycle"]))
    return seen
