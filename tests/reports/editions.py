"""A year's report as it is printed for an audience, and the text of its files as a reader has it."""

import io
import re
from html import unescape

import docx
import pypdf

from reports.chapters import build
from reports.editing.audiences import for_audience
from reports.writers import files


def internal(region, year, day):
    return for_audience(build.build(region, year, day=day), "internal")


def pdf(document):
    return pypdf.PdfReader(io.BytesIO(files.write(document, "pdf")))


def texts(document):
    """Of each format, without blanks and ends of lines, which a PDF has where it breaks them."""
    word = docx.Document(io.BytesIO(files.write(document, "docx")))
    lines = [node.text or "" for node in word.element.body.iter() if node.tag.endswith("}t")]
    pages = [page.extract_text() for page in pdf(document).pages]
    html = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", files.write(document, "html").decode(), flags=re.DOTALL))
    found = {"docx": "".join(lines), "pdf": "".join(pages), "html": html}
    return {to: re.sub(r"\s+", "", text) for to, text in found.items()}
