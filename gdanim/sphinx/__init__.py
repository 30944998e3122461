"""A directive for Sphinx: `.. gdanim:: parabola --lr 0.1` is the animation, rendered while the site is built.

In conf.py: extensions = ["gdanim.sphinx"]. Two values may stand there, too:

gdanim_options        what stands before the words of each directive, such as "--size 480x360"
gdanim_allow_python   whether a directive may name Python code, as FILE.py:NAME
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it: importing typing would take longer than all of this
if TYPE_CHECKING:
    from typing import Any

    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive; Sphinx calls it."""
    from gdanim.settings import __version__
    from gdanim.sphinx.directive import Animation, AnimationNode, visitors

    app.add_config_value("gdanim_options", "", "env", str)
    app.add_config_value("gdanim_allow_python", False, "env", bool)
    app.add_node(AnimationNode, **visitors())
    app.add_directive("gdanim", Animation)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
