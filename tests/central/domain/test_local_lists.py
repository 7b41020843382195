"""Local lists: what a differential update says, and what is known of a charger's list."""

from hypothesis import given
from hypothesis import strategies as st

from central.domain import id_tags, local_lists
from central.domain.command_effects import note_answer

entries = st.dictionaries(
    st.sampled_from(["A", "B", "C", "D"]), st.sampled_from(["Accepted", "Blocked"])
).map(
    lambda tags: [
        {"idTag": tag, "idTagInfo": {"status": status}} for tag, status in sorted(tags.items())
    ]
)


@given(entries, entries)
def test_a_list_with_its_differences_is_the_other_list(present, wanted):
    changes = {one["idTag"]: one for one in local_lists.differences(present, wanted)}
    together = {one["idTag"]: one for one in present} | changes
    assert [one for _, one in sorted(together.items()) if "idTagInfo" in one] == wanted


@given(entries)
def test_the_same_list_has_no_differences(present):
    assert local_lists.differences(present, present) == []


async def test_what_the_charger_took_is_kept_and_read_back(storage, now):
    await storage.write(id_tags.add_id_tag, "TAG", now, parent_id_tag="GROUP")
    wanted = await storage.read(local_lists.entries_of_tags, now)
    sent = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": wanted}
    await storage.write(note_answer, "CP1", "SendLocalList", sent, {"status": "Accepted"}, now)
    known = await storage.read(local_lists.find_local_list, "CP1")
    assert (known.version, known.entries) == (3, wanted)


async def test_a_version_that_somebody_else_sent_makes_the_entries_unknown(storage, now):
    sent = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": []}
    await storage.write(note_answer, "CP1", "SendLocalList", sent, {"status": "Accepted"}, now)
    for version, entries in ((3, []), (9, None), (0, [])):
        answer = {"listVersion": version}
        await storage.write(note_answer, "CP1", "GetLocalListVersion", {}, answer, now)
        known = await storage.read(local_lists.find_local_list, "CP1")
        assert (known.version, known.entries) == (version, entries)


@given(entries, entries, st.integers(1, 5))
def test_the_parts_of_an_update_are_the_update_and_no_part_is_too_long(present, wanted, most):
    whole = local_lists.differences(present, wanted)
    parts = local_lists.in_parts(whole, most)
    assert all(len(part) <= most for part in parts)
    together = [one for part in parts for one in part]
    assert sorted(together, key=lambda one: one["idTag"]) == whole
    length, longest = len(present), max(len(present), len(wanted))
    before = {one["idTag"] for one in present}
    for one in together:
        length += ("idTagInfo" in one and one["idTag"] not in before) - ("idTagInfo" not in one)
        assert length <= longest
