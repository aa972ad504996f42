"""How the extension module starts its algebra worker: the same module in a new interpreter."""

import pathlib
import sys

from . import _tasktrade


def start_workers_here() -> None:
    """Workers are this interpreter with `_worker.py`; the first call holds."""
    worker = pathlib.Path(__file__).with_name("_worker.py")
    _tasktrade.worker_command(sys.executable, ["-S", "-E", str(worker)])
