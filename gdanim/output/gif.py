"""GIF, written block by block as the frames come: a global palette, changed pixels only, delays from absolute times.

Layout (CompuServe, GIF89a, 1990): header with the global colour table · loop extension · comment (the recipe) · for
each change a graphic control extension (the delay) and an image (box, perhaps a local colour table, compressed indices)
· trailer.

No pixel is dithered without --dither. With 255 colours for the whole timeline, neighbouring shades show no bands; with
the 63 of low quality, an ordered dither of ±4 cost 0.8 to 2.2 dB and 2 to 14 % of the size on basins, contours and
surfaces, and can be seen as a texture; over 8×8 pixels, surfaces gain 1.3 dB.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdanim.drawing.frame import NOWHERE, Box, Frame, bounds
from gdanim.output import palette
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.changes import Change, Changes
from gdanim.output.gif_tables import MIN_GAIN, NO_COLOUR, TARGETS, LocalTable, choose_local_table, squared_distances

TRANSPARENT: Final = 0
MAX_DELAY_CS: Final = 0xFFFF
SPARSE: Final = 0.25  # with a smaller share of changed pixels, transparent others were smaller in all plots tried
TRAILER: Final = b"\x3b"


class Block(NamedTuple):
    """One image of the file. Its delay is known only when the next change arrives."""

    box: Box  # its place on the canvas
    lzw: bytes  # minimum code size, compressed indices in sub-blocks, terminator
    sparse: bool  # whether pixels of index 0 let the canvas through
    table: bytes = b""  # a local colour table; empty where the image has the global one

    def to_bytes(self, delay_cs: int) -> bytes:
        """Graphic control extension and image; disposal 1: it stays where it was drawn."""
        control = struct.pack("<3sBHBB", b"\x21\xf9\x04", 1 << 2 | self.sparse, delay_cs, TRANSPARENT, 0)
        table_flags = 0x80 | _size_field(self.table) if self.table else 0
        return control + struct.pack("<BHHHHB", 0x2C, *self.box, table_flags) + self.table + self.lzw


class GifWriter:
    """Writes frames to a binary stream as an animated GIF; see FrameWriter. Raises what the stream raises.

    One global palette is chosen from `film.sample`. Pixels count as opaque. Qualities: low has 63 colours; medium and
    high begin with 255, and later changes may bring local colour tables, which also correct inexact pixels that do not
    change (gif_tables.py).

    dither   show colours that the palette lacks by a fixed pattern; those that it has stay exact
    """

    def __init__(self, stream: BinaryIO, film: FilmInfo, *, dither: bool = False) -> None:
        self._stream, self._film = stream, film
        self._changes = Changes(film, ticks_per_s=100)
        self._target = TARGETS.get(film.quality)
        reach = palette.REACH_OF_63 if film.quality is Quality.LOW else palette.REACH_OF_255
        self._pattern = palette.pattern(film.height, film.width, reach) if dither else None
        self._whole = Box(0, 0, film.width, film.height)
        self._shown = np.full((film.height, film.width), NO_COLOUR, np.uint32)  # what a player has on its canvas
        self._wrong_at_least, self._error_at_most = self._shown.size, 0  # inexact pixels, sum of squared distances
        self._block: Block | None = None  # the latest, not yet written, shown for so long:
        self._block_cs = 0

    def __enter__(self) -> Self:
        n_colours = palette.N_FEW_COLOURS if self._film.quality is Quality.LOW else palette.MAX_COLOURS
        colours = palette.choose_palette((frame.pixels for frame in self._film.sample()), n_colours)
        self._index_of = palette.NearestColour(colours)
        self._entries = palette.packed_entries(np.concatenate((colours[:1], colours)))
        self._stream.write(_header(self._film, self._entries))
        return self

    def __exit__(self, kind: type[BaseException] | None, /, *_: object) -> None:
        if kind is None:
            for change in self._changes.finish():
                self._take(change)
            self._write_block()
            self._stream.write(TRAILER)

    def write(self, frame: Frame) -> None:
        """Take the next frame. The changes of a frame that would last 0 cs are shown by the one after it."""
        for ended in self._changes.take(frame):
            self._take(ended)

    def _take(self, change: Change) -> None:
        """Make the next block from a change; one that shows nothing new in these colours prolongs the block before."""
        drawn = self._drawn(change)
        new = NOWHERE
        for band in change.box.bands:
            new = new.union(bounds(drawn[band.seen_from(change.box).slices] != TRANSPARENT).on_canvas(band))
        if not new.empty:
            self._write_block()
            self._block = self._corrected(drawn, change.box) or self._plain_block(drawn, change.box, new)
            self._block_cs = 0
        self._block_cs += change.ticks

    def _drawn(self, change: Change) -> palette.Indices:
        """The indices in the global table that show what a change asks for; 0 where this is what is shown."""
        drawn = np.zeros(change.changed.shape, np.uint8)
        for band in change.box.bands:
            part = band.seen_from(change.box).slices
            changed = change.changed[part]
            exact = palette.packed(change.pixels[part])[changed]
            indices = self._approximated(exact, None if self._pattern is None else self._pattern[band.slices][changed])
            colours = self._entries[indices]
            self._bound(exact, colours)
            indices *= colours != self._shown[band.slices][changed]
            drawn[part][changed] = indices
        return drawn

    def _after(self, band: Box, drawn: palette.Indices, box: Box) -> palette.Packed:
        """What a band of the canvas shows with the indices `drawn` in a box."""
        after = self._shown[band.slices].copy()
        both = band.common(box)
        if not both.empty:
            self._show(drawn[both.seen_from(box).slices], after[both.seen_from(band).slices])
        return after

    def _show(self, indices: palette.Indices, place: palette.Packed) -> None:
        """Draw indices of the global table (h, w) over what a place shows."""
        visible = indices != TRANSPARENT
        place[visible] = self._entries[indices[visible]]  # mostly few: to copy with a mask looks up the colours of all

    def _approximated(self, exact: palette.Packed, offsets: NDArray[np.int8] | None) -> palette.Indices:
        """The indices that show `exact` colours (n,), dithered by `offsets` (n,), alike in all frames."""
        indices = self._index_of(exact)
        if offsets is not None:
            lacking = self._entries[indices] != exact
            indices[lacking] = self._index_of(palette.dithered(exact[lacking], offsets[lacking]))
        return indices

    def _plain_block(self, drawn: palette.Indices, box: Box, new: Box) -> Block:
        """The block in colours of the global table that shows what is `drawn` in a box; `new` is what differs.

        With unchanged pixels transparent or without: both are tried where either may be smaller.
        """
        indices = drawn[new.seen_from(box).slices]
        for band in new.bands:
            self._show(drawn[band.seen_from(box).slices], self._shown[band.slices])
        sparse = _block(new, indices)
        share = np.count_nonzero(indices) / indices.size
        if share <= SPARSE or share == 1:
            return sparse
        return min(sparse, _block(new, self._indices(new)), key=lambda block: len(block.lzw))

    def _indices(self, box: Box) -> palette.Indices:
        """What is shown in a box, in colours of the global table; pixels that only a local table has stay."""
        indices = np.empty((box.height, box.width), np.uint8)
        for band in box.bands:
            shown = self._shown[band.slices]
            found = self._index_of(shown)
            indices[band.seen_from(box).slices] = np.where(self._entries[found] == shown, found, TRANSPARENT)
        return indices

    def _corrected(self, drawn: palette.Indices, box: Box) -> Block | None:
        """The block with a local table for all that is `drawn` in a box, or inexact; None where not worth it."""
        if not self._may_gain():
            return None
        self._wrong_at_least, self._error_at_most = self._inexact(drawn, box)
        if not self._may_gain():
            return None
        local = choose_local_table(self._exact_and_shown(drawn, box))
        if local.error > (1 - MIN_GAIN) * self._error_at_most:
            return None
        self._wrong_at_least, self._error_at_most = 0, local.error
        return self._local_block(drawn, box, local)

    def _bound(self, exact: palette.Packed, shown: palette.Packed) -> None:
        """Bound how inexact the picture is with pixels that are new: to count it takes longer than to encode."""
        if self._target is not None:
            wrong = exact != shown
            self._wrong_at_least += int(np.count_nonzero(wrong)) - exact.size
            self._error_at_most += int(squared_distances(exact[wrong], shown[wrong]).sum())

    def _may_gain(self) -> bool:
        """Whether, by what is known, the picture may be so inexact that a local table is worth it."""
        size, target = self._shown.size, self._target
        return (
            target is not None
            and self._wrong_at_least <= target.max_wrong_share * size
            and not target.is_met(self._error_at_most, size)
        )

    def _inexact(self, drawn: palette.Indices, box: Box) -> tuple[int, int]:
        """How many pixels are inexact with the indices `drawn` in a box; the sum of squared distances."""
        n_wrong = error = 0
        for band in self._whole.bands:
            exact, after = self._exact(band), self._after(band, drawn, box)
            wrong = exact != after
            n_wrong += int(np.count_nonzero(wrong))
            error += int(squared_distances(exact[wrong], after[wrong]).sum())
        return n_wrong, error

    def _exact(self, band: Box) -> palette.Packed:
        """What the changes so far ask for."""
        return palette.packed(self._changes.canvas[band.slices])

    def _affected(self, band: Box, drawn: palette.Indices, box: Box) -> NDArray[np.bool_]:
        """Which pixels are new with the indices `drawn` in a box, or inexact."""
        after = self._after(band, drawn, box)
        affected: NDArray[np.bool_] = (after != self._exact(band)) | (after != self._shown[band.slices])
        return affected

    def _exact_and_shown(self, drawn: palette.Indices, box: Box) -> Iterator[tuple[palette.Packed, palette.Packed]]:
        """Of the pixels that are affected, band by band: what is asked for, and what is shown."""
        for band in self._whole.bands:
            affected = self._affected(band, drawn, box)
            yield self._exact(band)[affected], self._shown[band.slices][affected]

    def _local_block(self, drawn: palette.Indices, box: Box, local: LocalTable) -> Block:
        """The block that draws the affected pixels with a local table."""
        indices = np.zeros(self._shown.shape, np.uint8)
        entries = np.concatenate((local.table[:1], local.table))
        new = NOWHERE
        for band, chosen in zip(self._whole.bands, local.indices, strict=True):
            part, shown = indices[band.slices], self._shown[band.slices]
            part[self._affected(band, drawn, box)] = chosen
            np.copyto(shown, entries[part], where=part != TRANSPARENT)
            new = new.union(bounds(part != TRANSPARENT).on_canvas(band))
        return NOTHING_NEW if new.empty else _block(new, indices[new.slices], _colour_table(entries))

    def _write_block(self) -> None:
        """Write the latest block, if there is one, with its delay, and more blocks where 16 bits cannot hold it."""
        if self._block is not None:
            self._stream.write(self._block.to_bytes(min(self._block_cs, MAX_DELAY_CS)))
            for start in range(MAX_DELAY_CS, self._block_cs, MAX_DELAY_CS):
                self._stream.write(NOTHING_NEW.to_bytes(min(self._block_cs - start, MAX_DELAY_CS)))


def _header(film: FilmInfo, entries: palette.Packed) -> bytes:
    """Everything before the first image."""
    table = _colour_table(entries)
    flags = 0xF0 | _size_field(table)
    screen = struct.pack("<6sHHBBB", b"GIF89a", film.width, film.height, flags, TRANSPARENT, 0)
    return screen + table + _loop_extension(film.loop) + _comment_extension(film.recipe)


def _loop_extension(n_plays: int) -> bytes:
    """How often the animation plays. NETSCAPE2.0 counts repeats (0: for ever); without it, players stop after one."""
    if n_plays == 1:
        return b""
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", max(n_plays - 1, 0), 0)


def _comment_extension(text: str) -> bytes:
    """A comment in ASCII, in sub-blocks of at most 255 bytes; no bytes where there is none."""
    content = text.encode("ascii")
    parts = (content[begin : begin + 255] for begin in range(0, len(content), 255))
    return b"\x21\xfe" + b"".join(bytes((len(part),)) + part for part in parts) + b"\0" if text else b""


def _colour_table(entries: palette.Packed) -> bytes:
    """The smallest table that holds the colours, index 0 first.

    Index 0 is never drawn; viewers that fill the canvas with it should be given the commonest colour there.
    """
    table_bits = max(1, (len(entries) - 1).bit_length())
    return palette.unpacked(entries).astype(np.uint8).tobytes().ljust(3 << table_bits, b"\0")


def _size_field(table: bytes) -> int:
    """The length of a colour table as the format has it: n for 2ⁿ⁺¹ colours."""
    return (len(table) // 3).bit_length() - 2


def _block(box: Box, indices: palette.Indices, table: bytes = b"") -> Block:
    return Block(box, _compressed(indices), not indices.all(), table)


def _compressed(indices: palette.Indices) -> bytes:
    """Indices (h, w) as GIF image data. Since the palette is ordered by use, small changes have short codes."""
    code_bits = max(2, int(indices.max()).bit_length())
    height, width = indices.shape
    image = Image.frombuffer("L", (width, height), np.ascontiguousarray(indices), "raw", "L", 0, 1)
    return bytes((code_bits,)) + image.tobytes("gif", "L", code_bits) + b"\0"


NOTHING_NEW: Final = _block(Box(0, 0, 1, 1), np.zeros((1, 1), np.uint8))
