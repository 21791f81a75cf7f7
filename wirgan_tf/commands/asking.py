"""What samples are asked to be: a flag for each condition that has a reserved name."""

import dataclasses

from wirgan_tf.commands.mode import Mode
from wirgan_tf.entries import EMBEDDING, Entry, Spec
from wirgan_tf.models import asking
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class Asking(Mode):
    """What samples are asked to be, for a model with such conditions.

    A further condition is one more field, and its line in `_FLAGS`.
    """

    label: str = setting("", "classes, by name or number, as in 7 or cat,dog: samples take them in turns; each: all "
                         "classes; default: those of examples")
    attributes: str = setting("", "attributes that are 1, as in Male,Smiling, the others are 0; none: all are 0; or a "
                              "number in [0, 1] for each; default: those of examples")
    code: str = setting("", "InfoGAN's categories, as in 3 or 0,1: samples take them in turns; each: all of them; "
                        "default: drawn as in training")
    text: str = setting("", "sentences, separated by semicolons, as in 'a thick red three': samples take them in "
                        "turns; default: those of examples")

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for, by condition."""
        return {name: getattr(self, flag) for name, flag in _FLAGS.items() if getattr(self, flag)}

    def rows(self, expected: Spec) -> asking.Rows:
        """What was asked for, as rows. Raises `ValueError` for what a model of these conditions cannot be asked for."""
        return asking.rows(self.asked, expected)

    def left(self, expected: Spec) -> dict[str, Entry]:
        """The conditions that were not asked for, which are those of examples."""
        return {name: entry for name, entry in expected.items() if name not in self.asked}


_FLAGS = {"label": "label", "attributes": "attributes", "category": "code", EMBEDDING: "text"}
