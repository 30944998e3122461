"""The directive, the node that it leaves in a document, and what builders make of that."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from gdanim.errors import GdanimError
from gdanim.outputs import inputs_of
from gdanim.sphinx.asked import settings_of
from gdanim.sphinx.pictures import PLACE, Picture, copy_to, picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class AnimationNode(nodes.General, nodes.Element):  # type: ignore[misc, unused-ignore]
    """An animation in a document; what it shows in words stands in it, for builders without pictures."""


class Animation(SphinxDirective):  # type: ignore[misc, unused-ignore]
    """`.. gdanim:: FUNCTION [OPTIONS]`, as on the command line. `:alt:` says in other words what there is to see."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Mapping[str, Callable[[str], Any]]] = {
        "alt": directives.unchanged,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Render, and leave a node. What is wrong is reported where the directive stands."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        words = " ".join([self.config.gdanim_options, *self.arguments])
        try:
            settings = settings_of(words, folder=folder, allow_python=self.config.gdanim_allow_python)
            for name in inputs_of(settings, None):
                self.env.note_dependency(str(Path(name).absolute()))
            picture = picture_of(settings, Path(self.env.doctreedir) / "gdanim")
        except GdanimError as error:
            raise self.error(f"gdanim: {error}") from None
        alt = self.options.get("alt", picture.alt)
        html = re.sub('alt="[^"]*"', lambda _: f'alt="{escape(alt)}"', picture.html)
        node = AnimationNode("", nodes.paragraph("", alt), picture=tuple(picture._replace(html=html, alt=alt)))
        node["classes"] += ["gdanim", *self.options.get("class", ())]
        self.set_source_info(node)
        self.add_name(node)
        return [node]


def visitors() -> dict[str, tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]]]:
    """By builder, what is done where a node begins and where it ends."""
    words = _go_on, _go_on
    return {
        "html": (_write_html, _go_on), "latex": (_write_latex, _go_on), "text": words, "man": words, "texinfo": words,
    }  # fmt: skip


def _write_html(translator: Any, node: Any) -> None:
    picture, builder = Picture(*node["picture"]), translator.builder
    copy_to(picture, Path(builder.outdir, builder.imagedir))
    shown = picture.html.replace(PLACE, f"{builder.imgpath}/")
    translator.body.append(f"{translator.starttag(node, 'div')}{shown}</div>\n")
    raise nodes.SkipNode


def _write_latex(translator: Any, node: Any) -> None:
    picture = Picture(*node["picture"])
    copy_to(picture, Path(translator.builder.outdir), only=picture.still)
    stem, _, suffix = picture.still.rpartition(".")
    translator.body.append(f"\n\\par\\noindent\\sphinxincludegraphics{{{{{stem}}}.{suffix}}}\\par\n")
    raise nodes.SkipNode


def _go_on(translator: Any, node: Any) -> None:
    """Nothing: what stands in the node is written."""
