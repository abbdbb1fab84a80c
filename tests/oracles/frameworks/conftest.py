"""Nothing here is a test, and what it imports may be absent."""

collect_ignore_glob = ["*.py"]
