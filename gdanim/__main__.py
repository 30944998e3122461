"""Entry point of the command: `gdanim`, or `python -m gdanim`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as type checkers know it; see gdanim/__init__.py
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> None:
    """Run the command line. Signal handlers are installed before anything slow is imported."""
    try:
        from gdanim import signals

        signals.install()
    except KeyboardInterrupt:  # it came before the handlers
        _die_of_interrupt()
    import gc
    import warnings

    if not sys.warnoptions:  # python -W shows what libraries warn of; it is nothing that a user can mend
        warnings.simplefilter("ignore")
    # Imports make no garbage, and to look for it takes longer than most commands do. cli/app.py enables it again.
    gc.disable()
    try:
        from gdanim.cli import app

        app.main()
    except SystemExit:
        raise
    except BaseException as error:
        if sys.flags.dev_mode:  # python -X dev -m gdanim: the traceback, for who mends it
            raise
        _give_up(error)


def _die_of_interrupt() -> NoReturn:
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
    os._exit(128 + signal.SIGINT)  # only where the signal is blocked


def _give_up(error: BaseException) -> NoReturn:
    """Say in one line what nobody foresaw, and exit with 1."""
    from gdanim.cli.terminal import complain
    from gdanim.errors import unforeseen

    raise SystemExit(complain(unforeseen(error), 1))


if __name__ == "__main__":
    main()
