"""`python docs/tools/readme_picture.py`: the picture of the READMEs, the site's own in one file."""

from __future__ import annotations

import re
from pathlib import Path

from drawings.kit import Kit
from drawings.registry import panels
from formulas import read_ledger

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "docs/assets"
COLUMNS, GAP = 3, 16


def picture(language: str) -> str:
    """The panels of the gradient norms side by side, on white, with the site's style."""
    kit = Kit(language, read_ledger(ROOT), ROOT / "docs/data")
    drawn = list(panels("gradient_norms", kit))
    sizes = [re.search(r'viewBox="0 0 (\d+) (\d+)"', panel) for panel in drawn]
    width, height = (max(int(size[k]) for size in sizes if size) for k in (1, 2))
    rows = -(-len(drawn) // COLUMNS)
    css = (ASSETS / "css/pictures.css").read_text("utf-8").replace(".picture svg", ".picture none")
    placed = "".join(
        panel.replace(
            "<svg ",
            f'<svg overflow="visible" x="{GAP + k % COLUMNS * (width + GAP)}" '
            f'y="{GAP + k // COLUMNS * (height + GAP)}" width="{width}" height="{height}" ',
            1,
        )
        for k, panel in enumerate(drawn)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="md-typeset picture" '
        f'data-md-color-scheme="default" viewBox="0 0 {GAP + COLUMNS * (width + GAP)} '
        f'{GAP + rows * (height + GAP)}">'
        f'<style>svg{{font-family:sans-serif}}{css}</style><rect width="100%" height="100%" '
        f'fill="#fff"/>{placed}</svg>\n'
    )


def main(folder: Path = ASSETS) -> None:
    """Write it in both languages."""
    for language in ("en", "zh"):
        (folder / f"gradient_norms.{language}.svg").write_text(picture(language), "utf-8")


if __name__ == "__main__":
    main()
