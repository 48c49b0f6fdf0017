"""Which markup a file is in, and its parser; called through `connectors.documents.bounded`."""

from __future__ import annotations

from importlib import import_module

from connectors.documents import bylines
from connectors.documents.blocks import LONGEST_DOCUMENT
from connectors.documents.bounded import GaveUp, why
from connectors.documents.pages import Page

#: Suffix (lower case) -> module that reads it.
MARKUPS = {
    **dict.fromkeys(("md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd"), "md_links"),
    **dict.fromkeys(("rst", "rest"), "rst_links"),
    **dict.fromkeys(("adoc", "asciidoc", "asc"), "adoc_links"),
    **dict.fromkeys(("html", "htm", "xhtml"), "html_links"),
}
_TOO_LONG = f"it is longer than {LONGEST_DOCUMENT:,} characters"


def suffix_of(path: str) -> str:
    """The last suffix of a path in lower case, '' for none.

    >>> suffix_of("a/B.MD"), suffix_of("a.b/README")
    ('md', '')
    """
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""


def parse(path: str, text: str) -> Page:
    """What the document at `path` says.

    Raises
    ------
    connectors.documents.bounded.GaveUp
        When it cannot be parsed; the text says why. Nothing else is ever raised for what a document holds.
    """
    if len(text) > LONGEST_DOCUMENT:
        raise GaveUp(_TOO_LONG)
    try:
        module = import_module(f"connectors.documents.{MARKUPS[suffix_of(path)]}")
        page: Page = module.read(text)
        page.ends_at(text.count("\n"))
        page.people = bylines.each(page.authors)
        return page
    except Exception as error:
        # What parsers raise on broken markup is not told apart by type: all of it is about this document.
        raise GaveUp(why(error)) from None
