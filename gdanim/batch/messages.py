"""Messages between a batch and its workers: pickles, each after its length. Both ends are gdanim's own processes."""

import pickle
import struct
from typing import IO, Any, Final

_LENGTH: Final = struct.Struct(">Q")


def send(stream: IO[bytes] | None, message: Any) -> None:
    """Write a message. Raises OSError where the other end is gone."""
    if stream is None:
        raise EOFError
    content = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes] | None) -> Any:
    """Read a message. Raises EOFError where the stream ends."""
    head = b"" if stream is None else stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size or stream is None:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)
