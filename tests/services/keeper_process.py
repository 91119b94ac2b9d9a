"""A housekeeper in a process of its own, to be stopped or killed: `python -m tests.services.keeper_process NAME`."""

from __future__ import annotations

import os
import sys
import threading

from worker.core.broker import Broker
from worker.core.database import open_engine
from worker.core.housekeeper import Housekeeper
from worker.core.leases import Leases
from worker.core.settings import Settings

if __name__ == "__main__":
    settings = Settings.from_mapping(os.environ, "the environment")
    engine = open_engine(settings, application="keeper")
    Housekeeper(engine, Leases(engine), Broker(settings), name=sys.argv[1]).run(threading.Event(), 0.1)
