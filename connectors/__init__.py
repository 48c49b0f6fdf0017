"""Sources: each reads one kind of history and writes its facts into the tables of `influence.schema`."""
