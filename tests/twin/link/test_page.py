"""What docs/link.md says of the link is so."""

from __future__ import annotations

import re
from pathlib import Path

from twin.link import business_frames
from twin.link.business_frames import BusinessFrame
from twin.link.describe import PAGE, updated
from twin.link.frames import PARTS, REFUSED_BYTES, FrameType
from twin.plant import granting

ROOT = Path(__file__).parents[3]
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_current() -> None:
    assert updated(TEXT) == TEXT, "make docs"


def test_every_frame_is_on_the_page() -> None:
    assert set(PARTS) == set(FrameType)
    for kind in FrameType:
        assert f"**{kind.value} {kind.name}**" in TEXT
    assert f"char[{REFUSED_BYTES}]" in TEXT


def test_every_frame_of_the_business_link_is_on_the_page() -> None:
    shared = {kind for kind in BusinessFrame if kind in FrameType.__members__.values()}
    assert set(business_frames.PARTS) == set(BusinessFrame) - shared
    for kind in business_frames.PARTS:
        assert f"**{kind.value} {kind.name}**" in TEXT
    for kind in shared:
        assert kind.name == FrameType(kind).name


def test_every_file_and_every_length_of_time_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:firmware|tests|twin|evseloop)/[\w./]+)`", TEXT)
    assert named
    for path in named:
        assert (ROOT / path).exists(), path
    assert granting.LIVE_GRANT_US == 1_000_000
    assert granting.LONGEST_GRANT_US == 60_000_000
    assert "after 1 s with the contactor closed, 60 s otherwise" in TEXT
