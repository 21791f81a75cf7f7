"""Command-line program: `python -m wirgan_tf.main --flagfile=configs/digits_gp_wirgan_t3.flags`."""

import logging
import os
import sys
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow starts: its notes on hardware are not ours

from wirgan_tf import environment

_FAILURE, _USAGE, _START_AGAIN, _INTERRUPTED = 1, 2, 3, 130


def main(arguments: list[str]) -> int:
    """Runs one command.

    Exit codes: 0; 1 a failure; 2 a request that cannot be met; 3 workers that have to be started again; 130 Ctrl-C.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    with environment.leaving_on_interrupt():
        from wirgan_tf.command_line import parse

    try:
        request = parse(arguments)
    except ValueError as error:
        return _report(error, _USAGE, "--debug" in arguments)
    if request is None:
        return 0

    with environment.leaving_on_interrupt():
        import tensorflow as tf  # takes seconds, so wrong flags are told before

        for name in ("tensorflow", "absl"):
            logging.getLogger(name).setLevel(logging.ERROR)  # their notes on their own workings

        from wirgan_tf.commands import COMMANDS
        from wirgan_tf.training.strategies import InterruptedRunError

    try:
        COMMANDS[request.mode](request)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    except InterruptedRunError as error:
        return _report(error, _START_AGAIN, request.debug)
    except (ValueError, FileNotFoundError) as error:
        return _report(error, _USAGE, request.debug)
    except (OSError, ArithmeticError, tf.errors.OpError) as error:
        return _report(error, _FAILURE, request.debug)
    return 0


def _report(error: Exception, code: int, debug: bool) -> int:
    """One line on what went wrong; with --debug the traceback before it."""
    if debug:
        traceback.print_exception(error)
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def program() -> int:
    """`main` with the command line's own arguments, as a process of its own."""
    environment.prepare_program()
    return main(sys.argv)


if __name__ == "__main__":
    sys.exit(program())
