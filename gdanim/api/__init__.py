"""What Python programs use: a descent solved, looked at and written in a line each, as the command line does it."""
