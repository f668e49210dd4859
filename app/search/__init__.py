"""Search over every register: by characters, pinyin, initials, last digits and case numbers."""

from __future__ import annotations

from app.search.document import Document, Hit
from app.search.index import clear, put_documents, rebuild, remove_documents
from app.search.query import search

__all__ = ["Document", "Hit", "clear", "put_documents", "rebuild", "remove_documents", "search"]
