"""Command-line program: `python -m wirgan_tf.main --flagfile=configs/digits_gp_wirgan_t3.flags`."""

import logging
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # before TensorFlow starts: its notes on hardware are not ours

from wirgan_tf import command_line

_USAGE, _FAILURE = 2, 1


def main(arguments: list[str]) -> int:
    """Runs one command and returns the exit code: 0, 1 for a failure, 2 for a wrong request."""
    command_line.define_flags()
    command_line.parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    import tensorflow as tf  # after the flags: a wrong one is told at once

    from wirgan_tf.commands import COMMANDS

    try:
        COMMANDS[command_line.flags.FLAGS.mode]()
    except (ValueError, FileNotFoundError) as error:
        return _report(error, _USAGE)
    except (OSError, ArithmeticError, tf.errors.OpError) as error:
        return _report(error, _FAILURE)
    return 0


def _report(error: Exception, code: int) -> int:
    """One line on what went wrong; the whole traceback with --debug."""
    if command_line.flags.FLAGS.debug:
        logging.exception(error)
    else:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
