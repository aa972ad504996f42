"""The command `tasktrade`, as the Rust binary has it."""

import signal
import sys

from . import _tasktrade
from ._native import start_workers_here


def main() -> int:
    # Ctrl-C and closed pipes are the program's own business, not the interpreter's.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    start_workers_here()
    sys.stdout.flush()
    sys.stderr.flush()
    return _tasktrade.main(["tasktrade", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
