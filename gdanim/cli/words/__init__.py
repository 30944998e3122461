"""The words of a command line as a person typed them: what belongs to what, and what was meant by one too many."""
