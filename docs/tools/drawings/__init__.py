"""The pictures of the site, as SVG that takes its colours and fonts from the page.

Drawn while the site is built, in the page's language: diagrams by hand, curves from rnnref, results
from docs/data. A picture is one panel or several, which stand side by side or, on a phone, below
each other. Knows no MkDocs and no Markdown.
"""
