"""Trajectories as files: .csv, .jsonl and .npz, out and in."""
