"""The engine's identity."""

ENGINE = 1
"""Grows with every change that can change the digest of a run."""
