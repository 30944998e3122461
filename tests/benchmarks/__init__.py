"""What gdanim costs beside other ways to the same files."""
