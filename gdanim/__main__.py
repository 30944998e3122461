"""Entry point of the command: `gdanim`, or `python -m gdanim`."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Signal handlers are installed before anything slow is imported."""
    import gc

    from gdanim import signals

    signals.install()
    # Imports make no garbage, and to look for it takes longer than most commands do. cli/app.py enables it again.
    gc.disable()
    from gdanim.cli import app

    app.main()


if __name__ == "__main__":
    main()
