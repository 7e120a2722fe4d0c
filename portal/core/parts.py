"""Parts of a page that features above hand down: the floor that draws the page does not know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

About = ParamSpec("About")
Made = TypeVar("Made")


class Parts(Generic[About, Made]):
    """Those of one page: each feature declares what makes its part; None shows nothing."""

    def __init__(self) -> None:
        self._makers: list[tuple[int, Callable[About, Made | None]]] = []

    def declare(self, order: int) -> Callable[[Callable[About, Made | None]], Callable[About, Made | None]]:
        def add(maker: Callable[About, Made | None]) -> Callable[About, Made | None]:
            self._makers.append((order, maker))
            return maker

        return add

    def of(self, *about: About.args, **named: About.kwargs) -> list[Made]:
        """The parts in their order."""
        found = (maker(*about, **named) for _, maker in sorted(self._makers, key=lambda entry: entry[0]))
        return [one for one in found if one is not None]
