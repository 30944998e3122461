"""What a new file takes over from the one that it replaces: owner, permissions and extended attributes."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# Whoever may write a file may set these: a person's notes of it, and who else may read it.
_KEPT: Final = ("user.", "system.posix_acl_access")
# What another file system does not have, or only the system may set.
_REFUSED: Final = (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENODATA)


def take_over(descriptor: int, target: Path) -> None:
    """Give an open file what the file at `target` has; without one, the permissions of a new file. Raises OSError."""
    try:
        old = target.stat()
        mode = stat.S_IMODE(old.st_mode) & 0o777
        # Windows has no such call; only root, or a member of the old group, may hand a file back.
        with suppress(OSError, AttributeError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        for name in attributes_of(target):
            if name.startswith(_KEPT):
                _copy_attribute(target, descriptor, name)
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)


def lost_attributes(target: Path) -> list[str]:
    """The extended attributes of a file that one in its place will not have."""
    # A label of SELinux is no property of the one file: the system gives each file of the folder its own.
    return [name for name in attributes_of(target) if not name.startswith((*_KEPT, "security.selinux"))]


def attributes_of(target: Path) -> list[str]:
    """The names of a file's extended attributes; none where the system has none."""
    with suppress(OSError, AttributeError):  # AttributeError: only Linux has the call
        return os.listxattr(target)
    return []


def _copy_attribute(source: Path, descriptor: int, name: str) -> None:
    try:
        os.setxattr(descriptor, name, os.getxattr(source, name))
    except OSError as error:
        if error.errno not in _REFUSED:
            raise


def _umask() -> int:
    mask = os.umask(0o077)  # it cannot be read without being set; what other threads make meanwhile stays private
    os.umask(mask)
    return mask
