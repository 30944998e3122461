"""What is drawn: each view builds a Scene."""
