"""The ffmpeg arguments of each video format, as data: one row per format and quality.

Figures in the comments were measured on the presets' own frames: the parabola's panels, 36 pictures of 1152×864 (P),
and the double well, 456 pictures of 460×345 (D). PSNR is over all channels against the frames.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Self

from gdanim.output.base import FilmInfo, Quality
from gdanim.output.containers.isobmff import n_image_samples, n_video_samples
from gdanim.output.containers.matroska import n_video_blocks

_SCALE: Final = (
    "scale=out_color_matrix=bt709:out_range={range}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
    ",format=%s,setparams=colorspace=bt709:color_primaries=bt709:color_trc={trc}:range={range}"
)
# Untagged video is off by up to 23/255 in players that guess; converted and tagged as BT.709, white stays 255.
_VIDEO: Final = _SCALE.format(range="tv", trc="bt709")
# Of pictures that are sent converted (yuv.py): of a film, little changes, and ffmpeg would convert every picture whole.
_CONVERTED: Final = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
# Pictures on pages are sRGB of full range; tagged so, they look the same as PNGs beside them.
_PICTURE: Final = _SCALE.format(range="pc", trc="iec61966-2-1")
_RGB: Final = "format=%s,setparams=colorspace=gbr:color_primaries=bt709:color_trc=iec61966-2-1:range=pc"
# From here on, memory counts for more than time: no second thread, and one picture sent after the other.
LARGE_PX: Final = 16_000_000
_COUNT: Final = ("-stats_enc_pre:v:0", "pipe:1", "-stats_enc_pre_fmt:v:0", "{n}")
# The same bytes every time: no dates, no version of the muxer.
_REPRODUCIBLE: Final = ("-fflags", "+bitexact", "-flags:v", "+bitexact")
_FASTSTART: Final = ("-movflags", "+faststart")
# QuickTime's own comments end after 65,535 bytes; these do not.
_QUICKTIME: Final = ("-movflags", "+faststart+use_metadata_tags")
# Characters of an argument; the whole command line of Windows holds 32,767, and an argument of Linux 131,071.
MAX_ARGUMENT: Final = 30_000
# A frame that stays for longer is one long picture: of an hour at 240 a second, ffmpeg would encode 864,000.
LONG_S: Final = 10.0
# A seek decodes from the last key frame; each costs some 10 KB.
_KEY_EVERY: Final = ("-g", "240")


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to encode.

    muxer       the container, as ffmpeg names it
    filters     from what is sent to what is stored: conversion, pixel format, colour tags
    encoder     arguments that choose and tune the encoder; the thread count is fixed, for it can change the bytes
    n_pictures  checks a finished file and counts its pictures; raises EncoderError where it is not whole
    muxing      arguments for the container
    thrift      arguments for the encoder that depend on the number of pixels, to bound its memory
    planar      what is sent is yuv420p of BT.709 in tv range, not RGBA; see of_size
    even        sides are even; the last row or column is repeated
    alpha       the pictures carry their alpha channel
    image       an animated image: it says how often it plays, keeps alpha as a second track of grey pictures, and takes
                no comment from ffmpeg
    """

    muxer: str
    filters: str
    encoder: tuple[str, ...]
    n_pictures: Callable[[Path], int]
    muxing: tuple[str, ...] = ()
    thrift: Callable[[int], tuple[str, ...]] | None = None
    planar: bool = False
    even: bool = False
    alpha: bool = False
    image: bool = False

    def of_size(self, height: int, width: int) -> Self:
        """The same for a size: odd sides are left to ffmpeg, which spreads their chroma, and gathers it so again."""
        if not self.planar or self.even or not (height % 2 or width % 2):
            return self
        return replace(self, planar=False, filters=_VIDEO % "yuv420p")

    def command(
        self, exe: str, path: Path, film: FilmInfo, *, width: int, height: int, tags: int | None, counts: bool
    ) -> list[str]:
        """The command line that reads raw pictures from its standard input and writes `path`.

        `tags` is a descriptor of the metadata in ffmpeg's own format, where they are too long for an argument.
        Where it `counts`, a line on its standard output says that the encoder begins a picture.
        """
        sparing = () if self.thrift is None else self.thrift(width * height)
        commented = not self.image and 0 < len(film.recipe) <= MAX_ARGUMENT
        return [
            *(exe, "-hide_banner", "-nostdin", "-v", "error", "-y"),
            *("-f", "rawvideo", "-pix_fmt", "yuv420p" if self.planar else "rgba" if self.alpha else "rgb0"),
            *("-s:v", f"{width}x{height}", "-framerate", str(film.fps), "-i", "pipe:0"),
            *(() if tags is None else ("-f", "ffmetadata", "-i", f"pipe:{tags}")),
            *("-an", "-map_metadata", "-1" if tags is None else "1"),
            *(("-metadata", f"comment={film.recipe}") if commented else ()),
            *(*self._filtering(_later(gaps(film))), *self.encoder, *sparing, *_REPRODUCIBLE, *self.muxing),
            *(_COUNT if counts else ()),
            *(("-fps_mode", "vfr") if gaps(film) else ()),  # AVIF would be given what is left out
            *(("-loop", str(film.loop)) if self.image else ()),
            *("-f", self.muxer, f"file:{path}"),
        ]

    def _filtering(self, timing: str) -> tuple[str, ...]:
        if not (self.image and self.alpha):
            return ("-vf", f"{timing}{self.filters}")
        # The grey of the second track is the alpha itself, of full range.
        grey = "alphaextract,format=gray,setparams=colorspace=bt709:range=pc"
        graph = f"{timing}split[c][a];[c]{self.filters}[colour];[a]{grey}[alpha]"
        return ("-filter_complex", graph, "-map", "[colour]", "-map", "[alpha]")


def n_due(end_s: float, fps: Fraction) -> int:
    """How many pictures are over when a frame ends; the shortest still has one, too."""
    return max(1, round(end_s * fps))


def gaps(film: FilmInfo) -> dict[int, int]:
    """How many pictures are left out, by how many are sent before them: the inside of each frame longer than LONG_S."""
    left_out: dict[int, int] = {}
    n_sent = n_over = 0
    for end_s in film.ends_s:
        n_pictures = n_due(end_s, film.fps) - n_over
        n_over += n_pictures
        if n_pictures > max(2, LONG_S * film.fps):
            left_out[n_sent + 1] = n_pictures - 2
            n_pictures = 2
        n_sent += n_pictures
    return left_out


def _later(left_out: Mapping[int, int]) -> str:
    """The filter that shows each picture later by all that is left out before it; no text where nothing is."""
    delays = "+".join(f"{n}*gte(N,{place})" for place, n in left_out.items())
    return f"setpts='PTS+{delays}'," if delays else ""


def _by_quality(low: Codec, medium: Codec, high: Codec, lossless: Codec | None = None) -> Mapping[Quality, Codec]:
    """A row for each quality that a format has."""
    rows = {Quality.LOW: low, Quality.MEDIUM: medium, Quality.HIGH: high}
    return rows if lossless is None else {**rows, Quality.LOSSLESS: lossless}


# x264 keeps this many pixels of coming pictures: what stands long is coded well at once, and then costs nothing.
_LOOKAHEAD_PX: Final = 80_000_000


def _h264(muxer: str, crf: int) -> Codec:
    # `veryfast` is smaller than `medium` on plots, and quicker. Without B-frames it needs no edit list, which some
    # ignore. Flat areas need no deblocking, and coloured edges, which show more than elsewhere, get finer steps
    # (chromaoffset). A long look ahead and a low qcomp code well what stands long: FuncAnimation's file of D has 71 KB,
    # 43.9 dB. More aq-strength would be smaller still at the same PSNR, and spoil the text.
    encoder = (
        *("-c:v", "libx264", "-preset", "veryfast", "-tune", "animation", "-crf", str(crf), "-bf", "0", "-refs", "1"),
        *("-qcomp", "0.5", "-chromaoffset", "-4", "-trellis", "1", "-partitions", "all"),
        *("-x264-params", "no-deblock=1", "-threads", "2"),
    )
    muxing = _FASTSTART if muxer == "mp4" else _QUICKTIME
    return Codec(muxer, _CONVERTED, encoder, n_video_samples, muxing, thrift=_h264_thrift, planar=True, even=True)


# To know durations, x264 would hold one picture more; only its rate control, which crf goes without, asks for them.
_ONE_BY_ONE: Final = ("-threads", "1", "-x264-params", "no-deblock=1:force-cfr=1")


def _h264_thrift(n_pixels: int) -> tuple[str, ...]:
    """How far x264 looks ahead in pictures of this size, and what it does without in large ones."""
    return ("-rc-lookahead", str(min(40, _LOOKAHEAD_PX // n_pixels)), *_lossless_thrift(n_pixels))


def _lossless_thrift(n_pixels: int) -> tuple[str, ...]:
    return () if n_pixels < LARGE_PX else _ONE_BY_ONE


# P 148 KB, D 282 KB. RGB as it is needs the profile High 4:4:4 Predictive, which few hardware decoders have.
_H264_LOSSLESS = replace(
    _h264("mp4", 0),
    filters=_RGB % "rgb24",
    thrift=_lossless_thrift,
    planar=False,
    encoder=("-c:v", "libx264rgb", "-preset", "veryfast", "-qp", "0", "-bf", "0", "-threads", "2"),
)

# D 70 KB, 44.0 dB as players show it, each colour in four pixels; of low 42 KB, 40.8 dB, of high 131 KB, 45.6 dB.
MP4: Final = _by_quality(_h264("mp4", 34), _h264("mp4", 26), _h264("mp4", 14), _H264_LOSSLESS)

_PRORES_4444: Final = ("-c:v", "prores_ks", "-profile:v", "4444", "-qscale:v", "4", "-vendor", "apl0", "-threads", "2")
_PRORES = Codec("mov", _VIDEO % "yuv444p10le", _PRORES_4444, n_video_samples, _QUICKTIME, even=True)
_PRORES_ALPHA = replace(_PRORES, filters=_VIDEO % "yuva444p10le", alpha=True)
_ANIMATION = replace(_PRORES, filters=_RGB % "rgb24", encoder=("-c:v", "qtrle", *_KEY_EVERY))
_ANIMATION_ALPHA = replace(_ANIMATION, filters=_RGB % "argb", alpha=True)

MOV: Final = _by_quality(_h264("mov", 34), _h264("mov", 26), _PRORES, _ANIMATION)
MOV_TRANSPARENT: Final = _by_quality(_PRORES_ALPHA, _PRORES_ALPHA, _PRORES_ALPHA, _ANIMATION_ALPHA)

# `realtime` takes a twentieth of the time of `good` at the same speed setting, for a tenth more bytes.
_VP9_SPEED: Final = ("-deadline", "realtime", "-cpu-used", "5", "-lag-in-frames", "0", "-auto-alt-ref", "0")


def _vp9(pixels: str, *rate: str, alpha: bool = False) -> Codec:
    encoder = ("-c:v", "libvpx-vp9", *rate, "-b:v", "0", *_VP9_SPEED, *_KEY_EVERY, "-threads", "1")
    return Codec("webm", pixels, encoder, n_video_blocks, planar=pixels == _CONVERTED, alpha=alpha)


def _vp9_by_crf(pixels: str, *, alpha: bool = False) -> tuple[Codec, Codec, Codec]:
    low, medium, high = (_vp9(pixels, "-crf", crf, alpha=alpha) for crf in ("32", "20", "8"))
    return low, medium, high


# P 64 KB, 45.7 dB, D 91 KB, 46.2 dB, 1.2 s; crf 0 reaches 47.7 dB on D.
WEBM: Final = _by_quality(*_vp9_by_crf(_CONVERTED), _vp9(_RGB % "gbrp", "-lossless", "1"))
WEBM_TRANSPARENT: Final = _by_quality(
    *_vp9_by_crf(_VIDEO % "yuva420p", alpha=True)
)  # VP9 has its alpha beside 4:2:0 only


def _av1(crf: int, tuning: str = "") -> tuple[str, ...]:
    # With content=screen it tries palettes and copies within a picture: a fifth smaller on P. Speed 6
    # is a fifth smaller than 8 for a third more time; 5 gains a tenth for half as much time again.
    rate = ("-crf", str(crf), "-b:v", "0", "-aom-params", f"tune-content=screen{tuning}")
    return ("-c:v", "libaom-av1", *rate, "-usage", "realtime", "-cpu-used", "6", *_KEY_EVERY, "-threads", "1")


def _by_av1_quality(codec: Codec, low_filters: str) -> Mapping[Quality, Codec]:
    return _by_quality(
        replace(codec, filters=low_filters, encoder=_av1(40)),
        codec,
        replace(codec, encoder=_av1(8)),
        replace(codec, filters=_RGB % "gbrp", planar=False, encoder=_av1(0, ":lossless=1")),
    )


# P 41 KB, 45.9 dB, D 59 KB, 46.6 dB, 2.2 s; `good` would take six times as long for 44 KB, 47.1 dB.
AV1: Final = _by_av1_quality(Codec("webm", _CONVERTED, _av1(20), n_video_blocks, planar=True), _CONVERTED)

_AVIF = Codec("avif", _PICTURE % "yuv444p", _av1(20), n_image_samples, image=True)
# P 54 KB, 58.6 dB, D 79 KB, 54.7 dB, 2.5 s. Every program that shows AVIF shows 4:4:4, so colours keep their edges.
AVIF: Final = _by_av1_quality(_AVIF, _PICTURE % "yuv420p")
AVIF_TRANSPARENT: Final = _by_av1_quality(replace(_AVIF, alpha=True), _PICTURE % "yuv420p")
