"""State on disk while MiniStack runs.

MiniStack writes its state when it is asked to stop. Killed, it would come back with the objects of its buckets (they are files) but without
functions, roles and repositories, while Pulumi's state, an object, still names them.
"""

import logging
import threading
import time

from . import calls

# Seconds that a kill can cost at most.
INTERVAL = 10.0

# Name of the file that keeps which rights were asked for.
CALLS = "container-lambdas-calls"


class Saver:
    """Saves after calls were served, at most once an interval."""

    def __init__(self, save):
        self._save, self._served, self._saved = save, 0, 0

    def served(self) -> None:
        self._served += 1

    def step(self) -> bool:
        served = self._served
        if served == self._saved:
            return False
        self._save()
        self._saved = served
        return True


def steady(copy, tries: int = 50, pause: float = 0.01):
    """Copies a store again when it changed meanwhile: MiniStack would leave the whole service out of that save, also out of the last one."""

    def again():
        for _attempt in range(tries - 1):
            try:
                return copy()
            except RuntimeError:
                time.sleep(pause)
        return copy()

    return again


def apply(app) -> None:
    if not app.PERSIST_STATE:
        return
    from ministack.core.persistence import load_state

    # One line for each service and save would drown the log.
    logging.getLogger("persistence").setLevel(logging.WARNING)
    services = app._build_persistence_save_dict
    app._build_persistence_save_dict = lambda: {**{name: steady(copy) for name, copy in services().items()}, CALLS: calls.recorded.listing}
    calls.recorded.restore(load_state(CALLS))
    saver = Saver(lambda: app.save_all(app._build_persistence_save_dict()))
    dispatch = app._dispatch_service_request

    async def counted(*args, **kwargs):
        try:
            return await dispatch(*args, **kwargs)
        finally:
            saver.served()

    def loop() -> None:
        while True:
            time.sleep(INTERVAL)
            try:
                saver.step()
            except RuntimeError as error:
                # A store changed while it was copied; the next round has it.
                logging.getLogger("amendments").debug("state not saved this time: %s", error)

    app._dispatch_service_request = counted
    threading.Thread(target=loop, name="container-lambdas-state", daemon=True).start()
