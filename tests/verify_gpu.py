"""`python tests/verify_gpu.py`: measure on CUDA, write `tests/records/gpu.json`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    from oracles.gpu import main

    sys.exit(main())
