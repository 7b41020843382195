"""Id tags: compared without case, and what each is worth now."""

from datetime import timedelta

import pytest

from central.domain import id_tags
from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.domain.id_tags import TagInfo, authorize


async def test_a_tag_is_accepted_whatever_its_case(storage, now):
    await storage.write(id_tags.add_id_tag, "AbC123", now, parent_id_tag="GROUP")
    for text in ("AbC123", "abc123", "ABC123", " abc123 "):
        assert await storage.read(authorize, text, now) == TagInfo("Accepted", None, "GROUP")


async def test_a_tag_that_differs_in_case_only_is_refused(storage, now):
    await storage.write(id_tags.add_id_tag, "AbC123", now)
    with pytest.raises(ConflictError):
        await storage.write(id_tags.add_id_tag, "ABC123", now)


@pytest.mark.parametrize(("seconds", "status"), [(-1, "Expired"), (0, "Expired"), (1, "Accepted")])
async def test_a_tag_expires_at_its_moment(storage, now, seconds, status):
    ends = now + timedelta(seconds=seconds)
    await storage.write(id_tags.add_id_tag, "TAG", now, expires_at=ends)
    assert await storage.read(authorize, "TAG", now) == TagInfo(status, ends, None)


@pytest.mark.parametrize("status", ["Blocked", "Invalid"])
async def test_a_tag_that_is_not_good_stays_so_although_it_expires(storage, now, status):
    await storage.write(id_tags.add_id_tag, "TAG", now, status=status, expires_at=now)
    assert (await storage.read(authorize, "TAG", now)).status == status


async def test_an_unknown_tag_is_invalid_unless_all_are_taken(storage, now):
    assert await storage.read(authorize, "STRANGER", now) == TagInfo("Invalid")
    assert await storage.read(authorize, "STRANGER", now, accept_unknown=True) == TagInfo(
        "Accepted"
    )


@pytest.mark.parametrize("text", ["", "x" * 21, "x" * 10_000, "nul\x00"])
async def test_what_is_no_tag_is_found_nowhere(storage, now, text):
    assert await storage.read(id_tags.find_id_tag, text) is None
    assert (await storage.read(authorize, text, now)).status == "Invalid"


@pytest.mark.parametrize("text", ["", "  ", "x" * 21, "a\x00b", "a\nb", " a"])
async def test_what_is_no_tag_is_not_added(storage, now, text):
    with pytest.raises(InvalidError):
        await storage.write(id_tags.add_id_tag, text, now)
    with pytest.raises(InvalidError):
        await storage.write(id_tags.add_id_tag, "GOOD", now, parent_id_tag=text)
    assert await storage.read(id_tags.list_id_tags) == []


async def test_a_tag_is_changed_and_deleted(storage, now):
    await storage.write(id_tags.add_id_tag, "TAG", now)
    changed = await storage.write(
        id_tags.change_id_tag,
        "tag",
        status="Blocked",
        expires_at=now,
        parent_id_tag="GROUP",
        user_id=None,
    )
    assert (changed.status, changed.expires_at, changed.parent_id_tag) == ("Blocked", now, "GROUP")
    await storage.write(id_tags.delete_id_tag, "tAg")
    with pytest.raises(NotFoundError):
        await storage.read(id_tags.get_id_tag, "TAG")


async def test_a_tag_of_nobody_or_of_no_status_is_refused(storage, now):
    with pytest.raises(NotFoundError):
        await storage.write(id_tags.add_id_tag, "TAG", now, user_id=10**6)
    with pytest.raises(InvalidError):
        await storage.write(id_tags.add_id_tag, "TAG", now, status="Excellent")


async def test_tags_are_listed_by_user_and_page(bench):
    for number in range(3):
        await bench.storage.write(id_tags.add_id_tag, f"T{number}", bench.now)
    own = await bench.storage.read(id_tags.list_id_tags, user_id=bench.user_id)
    assert [tag.id_tag for tag in own] == [bench.tag]
    rest = await bench.storage.read(id_tags.list_id_tags, limit=2, offset=2)
    assert [tag.id_tag for tag in rest] == ["T1", "T2"]


def test_generated_tags_fit_and_differ():
    tags = {id_tags.generate_id_tag() for _ in range(1000)}
    assert len(tags) == 1000
    assert all(len(tag) <= id_tags.ID_TAG_LENGTH for tag in tags)
