"""Command-line program: `wirgan_tf --flagfile=configs/digits_gp_wirgan_t3.flags`, or `python -m wirgan_tf`."""

import logging
import sys
import traceback

from wirgan_tf import __version__, environment
from wirgan_tf.guide import GUIDE

_FAILURE, _USAGE, _START_AGAIN, _INTERRUPTED = 1, 2, 3, 130


def main(arguments: list[str]) -> int:
    """Runs one command.

    Exit codes: 0; 1 a failure; 2 a request that cannot be met; 3 workers that have to be started again; 130 Ctrl-C.
    """
    if arguments[1:] in ([], ["--version"]):
        print(__version__ if arguments[1:] else GUIDE)
        return 0
    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    with environment.leaving_on_interrupt(), environment.quiet_unless_failing():
        import tensorflow as tf  # takes seconds, which the two above need not wait

        for name in environment.NOTING:
            logging.getLogger(name).setLevel(logging.ERROR)

        from wirgan_tf.command_line import parse
        from wirgan_tf.resources import naming_what_ran_out
        from wirgan_tf.training.strategies import InterruptedRunError

    debug = "--debug" in arguments
    try:
        command = parse(arguments)
        if command is not None:
            debug = command.debug
            with naming_what_ran_out():
                command.run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    except InterruptedRunError as error:
        return _report(error, _START_AGAIN, debug)
    except (ValueError, FileNotFoundError) as error:
        return _report(error, _USAGE, debug)
    except (OSError, MemoryError, ArithmeticError, tf.errors.OpError) as error:
        return _report(error, _FAILURE, debug)
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
