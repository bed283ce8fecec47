"""The lines of one screen, in groups that stand at one place and speak one language."""

from __future__ import annotations

from collections.abc import Iterator

from streams.live.line import Line


class Group:
    """Moves as a whole: thousands of lines step on by one number."""

    __slots__ = ("cursor", "language", "lines")

    def __init__(self, cursor: int, language: str) -> None:
        self.cursor, self.language = cursor, language
        # In the order of coming; the values mean nothing.
        self.lines: dict[Line, None] = {}


class Audience:
    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], Group] = {}

    def __bool__(self) -> bool:
        return bool(self._groups)

    def __iter__(self) -> Iterator[Group]:
        """From the one farthest behind; it may change while it is read."""
        return iter(sorted(self._groups.values(), key=lambda group: group.cursor))

    def at(self, cursor: int) -> list[Group]:
        return [group for group in self._groups.values() if group.cursor == cursor]

    @property
    def cursors(self) -> list[int]:
        return sorted({cursor for cursor, _ in self._groups})

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(language for _, language in self._groups)

    def add(self, line: Line) -> None:
        """At its cursor."""
        key = (line.cursor, line.language)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(*key)
        group.lines[line] = None
        line.group = group

    def remove(self, line: Line) -> None:
        """Its cursor tells from now on where it stood."""
        group = line.group
        if group is None:
            return
        line.group = None
        line.cursor = group.cursor
        del group.lines[line]
        if not group.lines:
            del self._groups[group.cursor, group.language]

    def move(self, group: Group, cursor: int) -> list[Line]:
        """All of `group` now stand at `cursor`. Who they are."""
        lines = list(group.lines)
        del self._groups[group.cursor, group.language]
        there = self._groups.get((cursor, group.language))
        if there is None:
            group.cursor = cursor
            self._groups[cursor, group.language] = group
        else:
            there.lines.update(group.lines)
            group.lines = {}
            for line in lines:
                line.group = there
        return lines
