"""`python -m wirgan_tf`: the same program as the command `wirgan_tf`."""

import sys

from wirgan_tf.main import program

if __name__ == "__main__":
    sys.exit(program())
