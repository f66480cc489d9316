"""The engine's identity."""

ENGINE = 2
"""Grows with every change that can change the digest of a run."""
