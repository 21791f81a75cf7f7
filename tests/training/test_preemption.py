import concurrent.futures
import signal

import pytest

from wirgan_tf.training.preemption import StopRequest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_noted_and_handlers_are_put_back(number):
    before = signal.getsignal(number)
    with StopRequest() as stop:
        assert stop.received is None
        signal.raise_signal(number)
        assert stop.received == number
    assert signal.getsignal(number) == before


def test_a_second_ctrl_c_stops_at_once():
    with StopRequest() as stop:
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert stop.received == signal.SIGTERM


def test_outside_the_main_thread_handlers_stay_as_they_are():
    def handlers():
        with StopRequest() as stop:
            return stop.received, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    with concurrent.futures.ThreadPoolExecutor() as threads:
        inside = threads.submit(handlers).result()
    assert inside == (None, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))
