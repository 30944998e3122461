"""What every writer of a vector format is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import Reel


class SceneWriter(Protocol):
    """Writes a picture in one go from what moves in it, where the catalogue marks the format `vector`.

    It leaves the stream open, and the scene at any frame. Raises OutputError.
    """

    def __call__(self, stream: BinaryIO, scene: Scene, reel: Reel, **options: Any) -> None:
        """Write the whole file."""
