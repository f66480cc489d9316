"""Settings that all tests share."""

from hypothesis import settings

# A busy machine must not fail a test: no deadline for one example.
settings.register_profile("ninelives", deadline=None)
settings.load_profile("ninelives")
