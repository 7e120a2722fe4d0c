"""Words of the roster: the times on which somebody can serve, as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.core.i18n import _, lazy_pgettext, pgettext
from portal.volunteers.models import DayPart, Volunteer

# Short, as on a timetable: 周一.
WEEKDAYS = (
    lazy_pgettext("weekday", "Mon"), lazy_pgettext("weekday", "Tue"), lazy_pgettext("weekday", "Wed"),
    lazy_pgettext("weekday", "Thu"), lazy_pgettext("weekday", "Fri"), lazy_pgettext("weekday", "Sat"),
    lazy_pgettext("weekday", "Sun"),
)  # fmt: skip
ORDER = list(DayPart)
SHORTEST_RUN = 3  # days in a row with the same parts are said as one from three on: 周一至周五上午


class Times:
    """The words in the reader's language, looked up while the request lasts."""

    def __init__(self) -> None:
        self.days = [str(day) for day in WEEKDAYS]
        self.parts = {part: part.label for part in DayPart}
        self.whole, self.comma, self.stop = pgettext("times", "all day"), pgettext("times", ", "), _("; ")
        self.run = pgettext("times", "%(first)s to %(last)s", first="#1", last="#2")
        self.join = pgettext("times", "%(days)s %(parts)s", days="#1", parts="#2")

    def of(self, volunteer: Volunteer) -> str:
        return self.say((time.weekday, time.part) for time in volunteer.times)

    def say(self, times: Iterable[tuple[int, str]]) -> str:
        """周六上午、下午; 周一至周五晚上; empty where nothing was said."""
        of_day: dict[int, list[DayPart]] = {}
        for day, part in sorted(times, key=lambda time: (time[0], ORDER.index(DayPart(time[1])))):
            of_day.setdefault(day, []).append(DayPart(part))
        spoken = [
            self.join.replace("#1", self._days(days)).replace("#2", self._parts(parts))
            for days, parts in _runs(of_day)
        ]
        return self.stop.join(spoken)

    def _days(self, days: list[int]) -> str:
        if len(days) == 1:
            return self.days[days[0]]
        return self.run.replace("#1", self.days[days[0]]).replace("#2", self.days[days[-1]])

    def _parts(self, parts: list[DayPart]) -> str:
        return self.whole if len(parts) == len(ORDER) else self.comma.join(self.parts[part] for part in parts)


def _runs(of_day: Mapping[int, list[DayPart]]) -> list[tuple[list[int], list[DayPart]]]:
    """Days that follow one another with the same parts, together; a run that is too short falls apart again."""
    runs: list[tuple[list[int], list[DayPart]]] = []
    for day, parts in of_day.items():
        if runs and runs[-1][0][-1] == day - 1 and runs[-1][1] == parts:
            runs[-1][0].append(day)
        else:
            runs.append(([day], parts))
    return [
        one
        for days, parts in runs
        for one in ([(days, parts)] if len(days) >= SHORTEST_RUN else [([day], parts) for day in days])
    ]
