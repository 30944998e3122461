"""What tests share: the command line in this process, problems, decoders, strategies."""
