"""MkDocs plumbing: shared files, references between pages, search text, and the other language.

Everything that a page can contain is in the Markdown extension (``cards.py``).
"""

from __future__ import annotations

import json
import logging
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

import jieba
import vector_tables
from cards import Cards
from claims import read_claims
from drawings.kit import Kit
from evidence import read_evidence
from formulas import UnknownNameError, read_ledger
from katex import plain
from listing import code_page
from lookups import chinese_words
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url
from pieces import Pieces
from symbols import legend_html

log = logging.getLogger("mkdocs.plugins.rnnref")
jieba.setLogLevel(logging.WARNING)

_LINK = re.compile(r'<a ([^>]*)href="(eq|page):([^"]+)"([^>]*)>(.*?)</a>', re.DOTALL)
_MATH = re.compile(r"<x-math.*?<annotation[^>]*>(.*?)</annotation>.*?</x-math>", re.DOTALL)
_CARD = re.compile(r"<!--(eq:[^>]*)-->(.*?)<!--/\1-->", re.DOTALL)
_ASIDE = re.compile(
    r"<!--aside-->.*?<!--/aside-->|<pre.*?</pre>"
    r'|<p><span class="doc-section-title">.*?</table>',  # arguments, results, exceptions
    re.DOTALL,
)
SOUGHT = ("cell", "loss", "definition")
"""The kinds of formulas that search has; the index of formulas has all, and a filter."""

_LOST_BLOCK = re.compile(r"<p>\s*/{3,}\s*([^<\n]*)")


@dataclass
class Contents:
    """What a page contains, to be compared with the same page in the other language."""

    headings: list[str]
    formulas: list[str]
    claims: list[str]


@dataclass
class Language:
    """One language while it is built."""

    code: str
    folder: str
    cards: Cards
    pages: dict[str, Contents] = field(default_factory=dict)
    places: dict[str, Page] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def warn(self, page: str, problem: str) -> None:
        """Report a problem; with --strict the build then fails."""
        log.warning("%s/%s: %s", self.folder, page, problem)


_built: dict[str, Language] = {}
_dirty = False
"""Whether only pages that change are read again (``make serve``); the rest is remembered."""


def on_startup(command: str, dirty: bool) -> None:
    """Note how pages will be built."""
    global _dirty
    _dirty = dirty


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the data and add the Markdown extension."""
    root = Path(config.config_file_path).parent
    code = config.theme["language"]
    if config.plugins["material/offline"].config.enabled:
        config.extra["polyfills"] = ["assets/js/iframe-worker.js"]  # else the plugin names a CDN
    ledger = read_ledger(root)
    evidence = read_evidence(root, config.extra["evidence"], ledger)
    for word in chinese_words():
        jieba.add_word(word)
    claims = read_claims(root / "docs/data/claims.json")
    kit = Kit(code, ledger, root / "docs/data")
    pieces = Pieces(code, ledger, evidence, _version(root))
    cards = Cards(pieces, claims, kit)
    config.markdown_extensions.append(cards)
    if code == next(iter(config.extra["languages"])) and not _dirty:
        _built.clear()
    before = _built.get(code)
    _built[code] = Language(code, Path(config.docs_dir).relative_to(root).as_posix(), cards)
    if before:
        _built[code].pages, _built[code].places = before.pages, before.places
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Bring in what both languages share, the test vectors, a page for each generated module."""
    shared = Path(config.config_file_path).parent / "docs"
    for file in sorted((shared / "assets").rglob("*")):
        if file.is_file():
            name = file.relative_to(shared).as_posix()
            files.append(File.generated(config, name, abs_src_path=str(file)))
    for file in sorted(vector_tables.FOLDER.glob("*.json")):
        name = f"{vector_tables.PAGES}/{file.name}"
        files.append(File.generated(config, name, abs_src_path=str(file)))
    language = _language(config)
    for home in language.cards.pieces.ledger.homes.values():
        text = code_page(home, language.code)
        files.append(File.generated(config, f"code/{home.id}.md", content=text))
    return files


def _version(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Note what the page contains, and what is wrong with it."""
    language = _language(config)
    name = page.file.src_uri
    for problem in language.cards.problems:
        language.warn(name, problem)
    for block in _LOST_BLOCK.findall(html):
        language.warn(name, f"unknown block, or wrong argument or option: /// {block.strip()}")
    for formula in [f for f, place in language.places.items() if place.file.src_uri == name]:
        del language.places[formula]  # of an earlier reading
    for formula in language.cards.placed:
        if formula in language.places:
            first = language.places[formula].file.src_uri
            language.warn(name, f"formula {formula!r} has its place in {first}; `repeat: true`?")
        language.places.setdefault(formula, page)
    headings = [item.id for item in _flat(page.toc) if item.level > 1]
    language.pages[name] = Contents(
        headings, list(language.cards.placed), list(language.cards.claimed)
    )
    return html + legend_html(language.cards.pieces.legend, language.code)


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    """Turn references into links, now that every formula has its place."""
    language = _language(config)
    for file in files.documentation_pages():
        page = file.page
        if page is not None and page.content:
            page.content = _LINK.sub(lambda m, p=page: _link(m, p, language, files), page.content)
    return env


@event_priority(100)
def _before_search(context: Any, page: Page, config: MkDocsConfig, nav: Any) -> Any:
    """Show the search plugin a page without the HTML of formulas and without `_ASIDE`."""
    html = page.content or ""
    language = _language(config)
    language.shown[page.file.src_uri] = re.sub(r"<!--/?(?:eq:.*?|aside)-->", "", html)
    html = _ASIDE.sub("", html)
    html = _CARD.sub(lambda m: _card_text(m[1], page, language), html)
    page.content = _MATH.sub(lambda m: escape(plain(unescape(m[1]))), html)
    return context


@event_priority(-100)
def _after_search(context: Any, page: Page, config: MkDocsConfig, nav: Any) -> Any:
    """And the reader the page itself."""
    language = _language(config)
    page.content = language.shown.pop(page.file.src_uri)
    for entry in config.plugins["material/search"].search_index.entries:
        _, _, anchor = entry["location"].partition("#")
        if anchor.startswith("eq:") and "boost" not in entry:
            entry["boost"] = 4
    return context


on_page_context = CombinedEvent(_before_search, _after_search)


def on_post_build(config: MkDocsConfig) -> None:
    """Build the other languages into the same site, and compare."""
    language = _language(config)
    site = Path(config.site_dir)
    for source_map in site.rglob("*.map"):
        source_map.unlink()
    _shorten(site / "search" / "search_index.json")
    first, *others = config.extra["languages"]
    if language.code == first:
        for code in others:
            _build_other(config.extra["languages"][code], config)
    elif first in _built:
        _compare(_built[first], language)


def _shorten(index: Path) -> None:
    """Write Chinese in the search's index as itself: every page loads it, escaped it is longer."""
    entries = json.loads(index.read_text(encoding="utf-8"))
    index.write_text(json.dumps(entries, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _build_other(other: dict[str, str], config: MkDocsConfig) -> None:
    prefix = other["prefix"]
    build(
        load_config(
            config_file=str(Path(config.config_file_path).parent / other["config"]),
            site_dir=str(Path(config.site_dir) / prefix.rstrip("/")),
            site_url=config.site_url and config.site_url + prefix,
            strict=config.strict,
        ),
        dirty=_dirty,
    )


def _compare(one: Language, two: Language) -> None:
    """Both languages have the same pages, and these the same headings and formulas."""
    for here, there in ((one, two), (two, one)):
        for name in here.pages.keys() - there.pages.keys():
            there.warn(name, f"missing; there is {here.folder}/{name}")
    for name in one.pages.keys() & two.pages.keys():
        for what in ("headings", "formulas", "claims"):
            ours, theirs = getattr(two.pages[name], what), getattr(one.pages[name], what)
            if ours == theirs:
                continue
            only = [f"{i} only here" for i in ours if i not in theirs]
            only += [f"{i} only in {one.folder}" for i in theirs if i not in ours]
            two.warn(name, f"other {what} than in {one.folder}: {', '.join(only) or 'the order'}")


def _link(found: re.Match[str], page: Page, language: Language, files: Files) -> str:
    before, kind, target, after, text = found.groups()
    name = page.file.src_uri
    if kind == "page":
        path, mark, anchor = target.partition("#")
        file = files.get_file_from_path(path)
        if file is None:
            language.warn(name, f"link to a page that does not exist: {path}")
            return text
        url = "" if file is page.file and mark else get_relative_url(file.url, page.url)
        return f'<a {before}href="{url}{mark}{anchor}"{after}>{text}</a>'
    try:
        formula = language.cards.pieces.ledger.reference(target)
    except UnknownNameError as error:
        language.warn(name, f"reference to an {error}")
        return text
    place = language.places.get(formula.id)
    if place is None:
        language.warn(name, f"reference to {formula.id!r}, which stands on no page")
        return text
    url = "" if place is page else get_relative_url(place.url, page.url)
    if text.lower() == f"eq:{target}".lower():
        text = f"({formula.number})"
    return f'<a {before}href="{url}#{formula.anchor}"{after}>{text}</a>'


def _card_text(anchor: str, page: Page, language: Language) -> str:
    """What the search index says of a formula: a section of its own, where it has its place."""
    formula = language.cards.pieces.ledger.reference(anchor)
    if language.places.get(formula.id) is not page or formula.kind not in SOUGHT:
        return ""
    title = f"{formula.title[language.code]} ({formula.number})"
    return f'<div><h6 id="{anchor}">{title}</h6><p>{escape(formula.text)}</p></div>'


def _flat(toc: Any) -> Iterator[AnchorLink]:
    for item in toc:
        yield item
        yield from _flat(item.children)


def _language(config: MkDocsConfig) -> Language:
    return _built[config.theme["language"]]
