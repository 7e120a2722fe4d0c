"""The books of dues in the office: periods and their books, closing and locking, the journal, the cash book."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.ledger import book_views, journal_views, tabs  # noqa: F401 - they stand on the blueprint
from portal.ledger.blueprint import blueprint

feature = Feature("ledger", blueprint)
