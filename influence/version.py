"""The version, in one place: the distribution and every output of a run say it."""

__version__ = "0.1.0"
