"""Reading the list of subjects that a federation keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.associations import list_queries
from portal.notices.models import Notice, NoticeSubject


def list_subjects(root_id: int) -> Sequence[NoticeSubject]:
    """Those in use, in their order."""
    return list_queries.in_use(NoticeSubject, root_id)


def count_by_subject(root_id: int) -> Mapping[int, int]:
    """How many notices are filed under each, by its id."""
    return list_queries.count_by(NoticeSubject, Notice.subject_id, root_id)
