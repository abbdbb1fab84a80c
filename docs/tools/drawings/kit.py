"""What a picture is given: the language, its words, the symbols of the cells, and the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from formulas import Ledger, Symbol

from drawings.words import LANGUAGES, WORDS


class Kit:
    """For the pictures of one language."""

    def __init__(self, lang: str, ledger: Ledger, data: Path) -> None:
        """``data`` is the folder docs/data."""
        self.lang = lang
        self._ledger, self._data = ledger, data

    def say(self, name: str) -> str:
        """The words called ``name``."""
        return WORDS[name][LANGUAGES.index(self.lang)]

    def symbols(self, cell: str) -> Sequence[Symbol]:
        """The arrays of a cell, as the definition has them."""
        return self._ledger.home(cell).symbols

    def read(self, name: str) -> Any:
        """A file of the data, ``counts`` or ``examples/sunspots``."""
        return json.loads((self._data / f"{name}.json").read_text("utf-8"))
