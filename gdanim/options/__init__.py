"""Options: how one is written, read and explained, and which objects may stand in the place of its texts."""
