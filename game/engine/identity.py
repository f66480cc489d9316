"""The engine's identity."""

ENGINE = 3
"""Grows with every change that can change the digest of a run."""
