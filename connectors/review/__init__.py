"""Code review: who asked whom, who answered what, and what came of it."""
