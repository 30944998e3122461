"""The command line as an ordinary user runs it: to root, as which tests may run, no folder is closed.

Linux keeps privileges thread by thread: a thread that gives up its own is refused what its user's files and folders
refuse, and all others go on as before.
"""

from __future__ import annotations

import ctypes
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.commandline import Ran, run

ordinary_user = pytest.mark.skipif(
    os.name == "nt" or (os.geteuid() == 0 and not sys.platform.startswith("linux")),
    reason="needs an ordinary user, or a root who can give up its privileges",
)
_CAPABILITIES_VERSION = 0x20080522


def run_as_ordinary_user(*arguments: object) -> Ran:
    """Run `gdanim` with the arguments; by root, in a thread without privileges."""
    if os.geteuid() != 0:
        return run(*arguments)
    with ThreadPoolExecutor(1, initializer=_give_up_privileges) as pool:
        return pool.submit(run, *arguments).result()


def _give_up_privileges() -> None:
    """Of the calling thread, for ever: effective, permitted and inheritable capabilities, 64 bits each."""
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, nothing):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
