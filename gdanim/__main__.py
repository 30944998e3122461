"""Where the command starts: `gdanim`, or `python -m gdanim`."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Signals are seen to before anything that takes time is imported."""
    import gc

    from gdanim import signals

    signals.install()
    # Modules are not garbage: looking for some among them takes longer than most commands do. cli.py turns it on again.
    gc.disable()
    from gdanim.cli import app

    app.main()


if __name__ == "__main__":
    main()
