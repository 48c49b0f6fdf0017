"""Names that frameworks and standard libraries ask for or bring along, whoever defines them in a repository."""
FRAMEWORK_NAMES: frozenset[bytes] = frozenset(b"setUp tearDown".split())
