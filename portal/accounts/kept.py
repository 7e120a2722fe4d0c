"""What was typed when a POST was stopped for a password: carried as hidden fields until it can go on.

Never carried: the token of the form, passwords, and files, which no page can put back; their names are shown, so
that they can be chosen again.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from portal.core.web import is_secret_field, own_path

TARGET, FIELD, FILE = "kept-target", "kept-field-", "kept-file-"


@dataclass(frozen=True)
class Kept:
    """A POST to be continued: where to, the fields, and the names of files by their field."""

    target: str
    fields: list[tuple[str, str]]
    files: dict[str, list[str]]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of the hidden fields that carry it through a page in between."""
        files = [(FILE + name, file) for name, chosen in self.files.items() for file in chosen]
        return [(TARGET, self.target), *((FIELD + name, value) for name, value in self.fields), *files]


def stopped() -> Kept:
    """The POST of this request, to be continued later; a page in between hands on what it carried."""
    already = carried()
    if already is not None:
        return already
    files = {name: [file.filename for file in request.files.getlist(name) if file.filename] for name in request.files}
    return Kept(
        target=request.full_path.rstrip("?"),
        fields=[(name, value) for name, value in request.form.items(multi=True) if not is_secret_field(name)],
        files={name: chosen for name, chosen in files.items() if chosen},
    )


def carried() -> Kept | None:
    """What a page in between has carried here, if it leads to a page of ours."""
    target = own_path(request.form.get(TARGET), "POST")
    if target is None:
        return None
    return Kept(target, _beginning_with(FIELD), _grouped(_beginning_with(FILE)))


def _beginning_with(prefix: str) -> list[tuple[str, str]]:
    items = request.form.items(multi=True)
    return [(name.removeprefix(prefix), value) for name, value in items if name.startswith(prefix)]


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    names = dict.fromkeys(name for name, _ in pairs)
    return {name: [value for other, value in pairs if other == name] for name in names}
