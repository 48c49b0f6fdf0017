"""The commands. Nothing heavy is imported before one runs, so that `--help` answers at once."""
