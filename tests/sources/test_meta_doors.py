"""Meta's platforms and the bridge at a real server: what they deliver is stored once, and nothing forged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources.fakes import script
from streams.sources.fakes.base import Fake
from streams.sources.fakes.facebook import FacebookFake
from streams.sources.fakes.graph import GraphFake
from streams.sources.fakes.instagram import InstagramFake
from streams.sources.fakes.knobs import Fault, Knobs
from streams.sources.fakes.ssn import SsnFake
from streams.sources.fakes.ssn_relay import SsnRelayFake
from streams.sources.fakes.stage import Stage, staged
from streams.sources.fakes.whatsapp import WhatsAppFake
from streams.sources.models import Comment, Delivery, Gap, Source
from streams.sources.rules import DeliveryState, Fate, Health
from tests.cast import Cast
from tests.conftest import LiveServer
from tests.patience import PATIENCE_S
from tests.sources.calling import fixture
from tests.sources.runners import eventually, running
from tests.sources.stage import make_source

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = [f"Сұрақ {n}: №{n} үйде жарық қашан болады?" for n in range(1, 31)]


@pytest.fixture
def graph_fake(request: pytest.FixtureRequest) -> Iterator[tuple[GraphFake, Stage]]:
    fake: GraphFake = request.param(script.of(TEXTS), Knobs(rate=0, duplicates=0.2))
    with staged([fake]) as stage:
        yield fake, stage


def connect(cast: Cast, fake: Fake, server: LiveServer) -> Source:
    source = make_source(cast, fake.platform, settings=fake.settings(), secrets=fake.secrets())
    fake.options["target"] = f"{server.url}/in/{source.uuid}/"
    return source


def evening(fake: GraphFake, stage: Stage) -> None:
    stage.run(fake.go_live())
    stage.run(fake.release())
    stage.run(fake.settled())


graph = pytest.mark.parametrize(
    "graph_fake", [InstagramFake, FacebookFake, WhatsAppFake], indirect=True
)


@graph
def test_a_signed_evening_is_stored_once_and_each_question_has_a_number(
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    graph_fake: tuple[GraphFake, Stage],
) -> None:
    fake, stage = graph_fake
    source = connect(cast, fake, live_daphne)
    assert stage.run(fake.shake_hands()) == (200, "1158201444")
    assert stage.run(fake.shake_hands("another")) == (403, "")
    evening(fake, stage)
    assert {pushed.status for pushed in fake.record.pushed[2:]} == {200}
    ids = set(Comment.objects.values_list("external_id", flat=True))
    assert ids == {fake.external_id(step.comment) for step in fake.steps}
    assert Comment.objects.filter(fate=Fate.QUEUED).count() == len(TEXTS)
    assert Question.objects.filter(reception=reception).count() == len(TEXTS)
    assert set(Question.objects.values_list("original_text", flat=True)) == set(TEXTS)
    source.refresh_from_db()
    assert source.duplicates == sum(step.is_repeat for step in fake.steps)
    assert (source.health, source.not_understood) == (Health.LIVE, 0)


@graph
def test_one_flipped_bit_and_nothing_is_stored(
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    graph_fake: tuple[GraphFake, Stage],
) -> None:
    fake, stage = graph_fake
    source = connect(cast, fake, live_daphne)
    url = fake.options.pop("target")
    evening(fake, stage)
    told = [change for h in fake.happened if (change := fake.change(h)) is not None]
    body = fake.envelope(told[:1])
    for place in (0, len(body) // 2, len(body) - 1):
        flipped = bytearray(body)
        flipped[place] ^= 1
        answer = httpx2.post(
            url, content=bytes(flipped), headers=fake.sign(body), timeout=PATIENCE_S
        )
        assert answer.status_code == 403
    assert httpx2.post(url, content=body, timeout=PATIENCE_S).status_code == 403
    assert not Delivery.objects.exists()
    # Signed, but nothing that anybody understands: kept, answered, counted.
    for odd in (b'{"object":"\xff"}', body[:-7], b'{"object":"moon","entry":[]}', b"[]"):
        answer = httpx2.post(url, content=odd, headers=fake.sign(odd), timeout=PATIENCE_S)
        assert answer.status_code == 200
    states = set(Delivery.objects.values_list("state", flat=True))
    assert states == {DeliveryState.NOT_UNDERSTOOD}
    assert (
        httpx2.post(url, content=body, headers=fake.sign(body), timeout=PATIENCE_S).status_code
        == 200
    )
    source.refresh_from_db()
    assert (source.not_understood, Comment.objects.count()) == (4, 1)


def test_what_instagrams_webhook_lost_is_read_back_and_is_no_second_row(
    live_daphne: LiveServer, cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    """§12 no. 5: by webhook and by read back one comment is one row."""
    fake = InstagramFake(script.of(TEXTS), Knobs(rate=0), {"lost": "0.4"})
    with staged([fake]) as stage:
        source = connect(cast, fake, live_daphne)
        evening(fake, stage)
        told = Comment.objects.count()
        assert 0 < told < len(TEXTS)
        with running(tmp_path, SOURCES_PRIVATE_NETWORKS="127.0.0.0/8") as runner:
            eventually(lambda: Comment.objects.count() == len(TEXTS), runner)
            eventually(lambda: Source.objects.get().platform_count == len(TEXTS), runner)
    source.refresh_from_db()
    assert source.duplicates == told
    assert Question.objects.filter(reception=reception).count() == len(TEXTS)


def test_facebooks_authors_change_and_take_back_their_words(
    live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    knobs = Knobs(rate=0, edits=0.3, deletes=0.2, early_deletes=0.1, duplicates=0.1, reorder=0.1)
    fake = FacebookFake(script.of(TEXTS), knobs)
    with staged([fake]) as stage:
        connect(cast, fake, live_daphne)
        evening(fake, stage)
    final = fake.record.final()
    for comment in {step.comment for step in fake.steps}:
        row = Comment.objects.get(external_id=fake.external_id(comment))
        if (text := final[comment.key]) is None:
            assert row.deleted_at is not None
        else:
            assert row.text == text


# --- The bridge --------------------------------------------------------------------------------------


def test_the_bridge_posts_to_an_address_with_a_token(
    live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    source = make_source(cast, "ssn", secrets={})
    token = source.new_token()
    source.save()
    address = f"{live_daphne.url}/in/{source.uuid}/{token}"
    fake = SsnFake(script.of(TEXTS), Knobs(rate=0, duplicates=0.2), {"target": address})
    with staged([fake]) as stage:
        stage.run(fake.go_live())
        stage.run(fake.release())
        stage.run(fake.settled())
    assert {pushed.status for pushed in fake.record.pushed} == {200}
    # A message read twice has a new number: it is linked to the first by its words, not dropped.
    repeats = sum(step.is_repeat for step in fake.steps)
    assert Question.objects.filter(reception=reception).count() == len(TEXTS)
    assert Comment.objects.filter(fate=Fate.DUPLICATE).count() == repeats
    assert all(b"base64" not in bytes(delivery.body) for delivery in Delivery.objects.all())
    for wrong in ("", "/x", f"/{token}x", f"/{token[:-1]}"):
        url = f"{live_daphne.url}/in/{source.uuid}{wrong}"
        assert httpx2.post(url, content=b"{}", timeout=PATIENCE_S).status_code == 404
    assert token not in live_daphne.log.read_text()


def test_the_bridges_events_odd_words_and_large_bodies(
    live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    source = make_source(cast, "ssn", secrets={})
    url = f"{live_daphne.url}/in/{source.uuid}/{source.new_token()}"
    source.save()

    def post(body: bytes) -> int:
        return httpx2.post(url, content=body, timeout=PATIENCE_S).status_code

    assert post(fixture("ssn/stream_online.json")) == 200
    source.refresh_from_db()
    assert source.health == Health.LIVE
    for name in ("html", "unknown", "joined", "rtl_zero_width_emoji", "data_uri_avatar"):
        assert post(fixture(f"ssn/{name}.json")) == 200
    assert post(b"{cut") == post(b"\xff\xfe") == 200
    assert post(json.dumps({"type": "x", "chatmessage": "a" * 131_072}).encode()) == 413
    assert post(fixture("ssn/stream_offline.json")) == 200
    source.refresh_from_db()
    assert (source.health, source.not_understood) == (Health.ENDED, 3)
    texts = set(Question.objects.values_list("original_text", flat=True))
    assert "Когда откроют ЦОН & школу?\n5 < 6 😀тут" in texts
    assert len(texts) == 3


# --- By the runner -----------------------------------------------------------------------------------


def test_facebook_is_read_through_throttling_faults_and_cuts(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    faults = (Fault("throttled", 5), Fault("server", 10), Fault("garbage", 15))
    knobs = Knobs(rate=20, reorder=0.1, drop_every_s=3, retry_after_s=1, faults=faults)
    fake = FacebookFake(script.of(TEXTS), knobs)
    with staged([fake]) as stage:
        make_source(cast, "facebook", settings=fake.settings(), secrets=fake.secrets())
        with running(tmp_path, SOURCES_PRIVATE_NETWORKS="127.0.0.0/8") as runner:
            stage.start(fake.play())
            eventually(lambda: Comment.objects.count() == len(TEXTS), runner)
            log = runner.log.read_text()
    assert Question.objects.filter(reception=reception).count() == len(TEXTS)
    assert sum(fake.record.refused().values()) == 3
    assert "FAKE-ACCESS-TOKEN" not in log


def test_what_is_said_while_the_relay_was_cut_off_is_a_gap(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    fake = SsnRelayFake(script.of(TEXTS), Knobs(rate=0, drop_after_bytes=12_000))
    with staged([fake]) as stage:
        source = make_source(cast, "ssn_relay", settings=fake.settings(), secrets=fake.secrets())
        stage.run(fake.go_live())
        with running(tmp_path, SOURCES_PRIVATE_NETWORKS="127.0.0.0/8") as runner:
            eventually(fake.joined.is_set, runner)
            stage.run(fake.release(3))
            eventually(lambda: Comment.objects.count() == 3, runner)
            # More than it says before it is cut off: the rest is said to nobody.
            stage.run(fake.release(17))
            eventually(lambda: fake.record.cuts == 1, runner)
            eventually(lambda: Gap.objects.filter(source=source).exists(), runner)
            stage.run(fake.release(3))
            last = fake.steps[22].comment
            # Its id is known from when the relay says it.
            eventually(
                lambda: Comment.objects.filter(external_id=fake.external_id(last)).exists(), runner
            )
            log = runner.log.read_text()
    assert 6 <= Comment.objects.count() < 23
    assert Gap.objects.get().reception == reception
    assert "FakeSession42" not in log
