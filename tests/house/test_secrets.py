"""Keys are made once, kept privately, and never override the environment's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liveqa.secrets import secret
from tests.house.servers import outcome_of_code

KEY = "from liveqa.secrets import secret; print(secret('SPARE_KEY'))"


def test_the_environment_wins(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(data))
    monkeypatch.setenv("SPARE_KEY", "given")

    assert secret("SPARE_KEY") == "given"
    assert not data.exists()


def test_a_key_is_made_once_and_only_its_owner_reads_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(data))
    monkeypatch.delenv("SPARE_KEY", raising=False)

    first = secret("SPARE_KEY")

    assert len(first) >= 50
    assert secret("SPARE_KEY") == first
    assert secret("OTHER_KEY") != first
    assert (data / "secrets").stat().st_mode & 0o777 == 0o700
    assert (data / "secrets" / "SPARE_KEY").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree_on_the_key(data: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: outcome_of_code(data, KEY).stdout, range(8)))

    assert len(set(done)) == 1
    assert len(done[0].strip()) >= 50
    assert [path.name for path in (data / "secrets").iterdir()] == ["SPARE_KEY"]


def test_each_data_directory_has_keys_of_its_own(data: Path) -> None:
    assert outcome_of_code(data / "a", KEY).stdout != outcome_of_code(data / "b", KEY).stdout
