"""Being asked to stop: SIGTERM from a scheduler, Ctrl-C from a person."""

import signal
import threading


class StopRequest:
    """Notes SIGTERM and SIGINT inside its `with` block, so that the loop can finish its step, save and leave.

    A second Ctrl-C stops at once. Python runs signal handlers in the main thread alone; in another thread the handlers
    stay as they are, and no request is noted.
    """

    def __init__(self):
        self.received: signal.Signals | None = None
        self._previous = {}

    def __enter__(self) -> "StopRequest":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *exception) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame) -> None:
        del frame
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.received = signal.Signals(number)
