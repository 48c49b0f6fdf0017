"""Formal power: organisation charts, memberships of teams, code owners."""
