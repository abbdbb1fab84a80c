"""The command line: ``rnnref``, or ``python -m rnnref``. Imports rnnref."""

from __future__ import annotations

import sys

from rnnref.command import main

if __name__ == "__main__":
    sys.exit(main())
