"""What the command line's tests share with those of the data: raw files, a cache of their own."""

from tests.klue_datasets.conftest import own_cache, raw

__all__ = ["own_cache", "raw"]
