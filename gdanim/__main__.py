"""Where the command starts: `gdanim`, or `python -m gdanim`."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Signals are seen to before anything that takes time is imported."""
    from gdanim import interrupts

    interrupts.install()
    from gdanim import cli

    cli.main()


if __name__ == "__main__":
    main()
