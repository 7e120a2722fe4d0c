"""The federation's list of subjects, where it is changed."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from portal.associations.list_desk import Desk
from portal.associations.models import Association
from portal.notices import index_numbers, subject_queries
from portal.notices.blueprint import blueprint
from portal.notices.forms import SubjectForm
from portal.notices.models import NoticeSubject
from portal.notices.subjects import SUBJECTS


def _shown(root: Association) -> dict[str, Any]:
    return {"subjects": subject_queries.list_subjects(root.id), "scheme": index_numbers.scheme_of(root)}


def _add(root: Association, form: Any) -> NoticeSubject:
    return SUBJECTS.add(current_user, root, form.name.data)


def _rename(subject: NoticeSubject, form: Any) -> None:
    SUBJECTS.rename(current_user, subject, form.name.data)


Desk(
    blueprint=blueprint, address="subjects", kept=SUBJECTS, counts=subject_queries.count_by_subject, shown=_shown,
    new_form=SubjectForm, form=SubjectForm, add=_add, rename=_rename,
).open()  # fmt: skip
