"""What a terminal can show: its letters, its colours, its width."""
