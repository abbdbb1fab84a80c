"""Build the site as `make site` does. Imports nothing of the site."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


URL = "http://rnnref.localhost/"


def build(root: Path, out: Path, offline: bool = False) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict`, without this folder on the path of modules."""
    place = {"OFFLINE": "true"} if offline else {"SITE_URL": URL}
    return subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"} | place,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
