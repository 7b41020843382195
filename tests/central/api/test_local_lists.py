"""Local lists that are longer than a charger takes, at once or at all."""

import pytest


class Listed:
    """A charger's list as it makes it of what it is sent, and what it would take.

    Attributes:
        refused: the version that it does not take, and what it says instead.
    """

    def __init__(self, room, at_once):
        self.version = 0
        self.tags = set()
        self.lengths = {"LocalAuthListMaxLength": room, "SendLocalListMaxLength": at_once}
        self.refused = (None, None)
        self.sent = []

    def configuration(self, payload):
        assert payload == {"key": list(self.lengths)}
        return {
            "configurationKey": [
                {"key": key, "readonly": True, "value": str(value)}
                for key, value in self.lengths.items()
                if value is not None
            ]
        }

    def take(self, payload):
        version, entries = payload["listVersion"], payload["localAuthorizationList"]
        if version == self.refused[0]:
            return {"status": self.refused[1]}
        assert len(entries) <= (self.lengths["SendLocalListMaxLength"] or 10_000)
        assert version > self.version
        if payload["updateType"] == "Full":
            self.tags = set()
        for entry in entries:
            if "idTagInfo" in entry:
                self.tags.add(entry["idTag"])
            else:
                self.tags.discard(entry["idTag"])
            assert len(self.tags) <= (self.lengths["LocalAuthListMaxLength"] or 10_000)
        self.version = version
        self.sent.append((version, payload["updateType"], len(entries)))
        return {"status": "Accepted"}


@pytest.fixture
def connect_listed(connect_charger):
    async def connect(room=None, at_once=None):
        listed = Listed(room, at_once)
        await connect_charger(
            "CP001",
            GetLocalListVersion=lambda _payload: {"listVersion": listed.version},
            GetConfiguration=listed.configuration,
            SendLocalList=listed.take,
        )
        return listed

    return connect


@pytest.fixture
async def tags(central):
    names = [f"TAG{number:02}" for number in range(7)]
    for name in names:
        assert (await central.admin.post("/api/id-tags", json={"id_tag": name})).is_success
    return names


async def send(central, tags, **body):
    return await central.admin.post("/api/chargers/CP001/local-list", json={"id_tags": tags} | body)


async def test_a_long_list_comes_in_parts_with_a_version_each(central, connect_listed, tags):
    listed = await connect_listed(room=7, at_once=3)
    answer = await send(central, tags, update_type="Full")
    assert answer.status_code == 200, answer.text
    assert listed.sent == [(1, "Full", 3), (2, "Differential", 3), (3, "Differential", 1)]
    assert listed.tags == set(tags)
    assert answer.json()["version"] == 3
    assert [entry["idTag"] for entry in answer.json()["entries"]] == tags


async def test_what_has_changed_comes_in_parts_too_and_what_goes_goes_first(
    central, connect_listed, tags
):
    listed = await connect_listed(room=4, at_once=2)
    await send(central, tags[3:], update_type="Full")
    listed.sent.clear()
    answer = await send(central, tags[:4])
    assert answer.status_code == 200, answer.text
    assert listed.sent == [(3, "Differential", 2), (4, "Differential", 2), (5, "Differential", 2)]
    assert listed.tags == set(tags[:4])


async def test_a_list_that_the_charger_has_no_room_for_is_not_sent(central, connect_listed, tags):
    listed = await connect_listed(room=6, at_once=3)
    answer = await send(central, tags, update_type="Full")
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "what": "the local list of charger CP001 has room for 6 tags, 7 are wanted",
        "where": "body: id_tags",
        "how": "name at most 6 of them",
    }
    assert listed.sent == []


@pytest.mark.parametrize("status", ["Failed", "VersionMismatch"])
async def test_after_a_part_that_was_not_taken_the_next_update_goes_on_from_there(
    central, connect_listed, tags, status
):
    listed = await connect_listed(at_once=3)
    listed.refused = (2, status)
    answer = await send(central, tags, update_type="Full")
    assert answer.status_code == 409
    assert answer.json()["error"]["what"] == (
        f"charger CP001 did not take part 2 of 3 of the local list: {status}; "
        "it has the parts before it"
    )
    known = (await central.admin.get("/api/chargers/CP001/local-list")).json()
    assert (known["version"], [entry["idTag"] for entry in known["entries"]]) == (1, tags[:3])
    listed.refused = (None, None)
    assert (await send(central, tags)).status_code == 200
    assert listed.sent == [(1, "Full", 3), (2, "Differential", 3), (3, "Differential", 1)]
    assert listed.tags == set(tags)


async def test_a_charger_that_tells_no_lengths_gets_all_at_once(central, connect_listed, tags):
    listed = await connect_listed()
    assert (await send(central, tags, update_type="Full")).status_code == 200
    assert listed.sent == [(1, "Full", 7)]


async def test_a_charger_that_answers_no_question_gets_all_at_once(central, connect_charger, tags):
    listed = Listed(None, None)
    await connect_charger(
        "CP001", GetLocalListVersion={"listVersion": 0}, SendLocalList=listed.take
    )
    assert (await send(central, tags, update_type="Full")).status_code == 200
    assert listed.tags == set(tags)


async def test_the_last_tags_are_taken_off_by_an_empty_list(central, connect_listed, tags):
    listed = await connect_listed(room=7, at_once=3)
    await send(central, tags[:2], update_type="Full")
    assert (await send(central, [], update_type="Full")).status_code == 200
    assert listed.sent == [(1, "Full", 2), (2, "Full", 0)]
    assert listed.tags == set()
