"""Settings of the property tests."""

from hypothesis import settings

# The first example pays for imports, and CI machines are slow: time is not what is tested.
settings.register_profile("klue", deadline=None)
settings.load_profile("klue")
