"""The engine's identity."""

ENGINE = 4
"""Grows with every change that can change the digest of a run."""
