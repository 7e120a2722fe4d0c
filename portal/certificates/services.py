"""What may happen to stars and certificates, under one roof for other features."""

from __future__ import annotations

from portal.certificates.issuing import issue_certificate, supersede
from portal.certificates.stars import ask_star, grant_star, refuse_star, withdraw_star
from portal.certificates.tables import begin_stars, make_version

__all__ = [
    "ask_star", "begin_stars", "grant_star", "issue_certificate", "make_version", "refuse_star", "supersede",
    "withdraw_star",
]  # fmt: skip
