"""What is written: each writer takes frames."""
