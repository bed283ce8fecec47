"""What is meant for us alone is shown to nobody."""

from __future__ import annotations

from tests.conftest import ROOT


def test_every_comment_of_a_template_ends_on_its_line() -> None:
    """Django shows one that doesn't."""
    shown = [
        f"{path.name}:{number}"
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.count("{#") != line.count("#}")
    ]
    assert shown == []
