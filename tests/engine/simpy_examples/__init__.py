"""Programs of SimPy's documentation. Each has `play(make)`, which prints, and what it prints."""
