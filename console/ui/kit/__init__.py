"""The parts that pages are made of: each paints itself in the tokens of its palette."""
