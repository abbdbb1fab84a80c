"""`python tests/verify_frameworks.py`: measure, write `tests/records/frameworks.json`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    from oracles.frameworks.record import main

    main()
