"""Yearly sunspot numbers, 1700–2008, from the file that the package `statsmodels` ships.

Source: World Data Center SILSO, Royal Observatory of Belgium; in the public domain. The package is
not imported, only its file is read. Imports the standard library and NumPy.
"""

from __future__ import annotations

import csv
from importlib.metadata import files

import numpy as np
import numpy.typing as npt

FILE = "statsmodels/datasets/sunspots/sunspots.csv"


def sunspots() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The years and the number of each."""
    (path,) = (p for p in files("statsmodels") or () if p.as_posix() == FILE)
    rows = list(csv.DictReader(path.read_text("ascii").splitlines()))
    years = np.array([int(float(row["YEAR"])) for row in rows])
    return years, np.array([float(row["SUNACTIVITY"]) for row in rows])
