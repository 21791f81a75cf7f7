import subprocess
import sys
import textwrap

import pytest

_SCRIPT = textwrap.dedent("""
    import time
    import numpy as np
    from wirgan_tf.data import training_batches
    from wirgan_tf.data.identity import Origin
    from wirgan_tf.data.images import StreamedSource

    def read(index):
        time.sleep(0.01)
        return np.zeros([4, 4, 3], np.uint8)

    source = StreamedSource("slow", 9, 4, read, origin=Origin("slow", [b""] * 9))
    batches = iter(training_batches(source, batch_size=8, critic_updates=5, seed=0))
    next(batches)
    print("done")
""")


@pytest.mark.timeout(300)
def test_a_program_ends_while_its_pipeline_reads():
    """Without care it hangs: the iterator is alive until the interpreter's end and its threads are inside `read`."""
    ended = subprocess.run([sys.executable, "-c", _SCRIPT], timeout=290, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "done\n"
