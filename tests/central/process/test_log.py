"""Log lines: where they go, and what never stands in them."""

import errno
import json
import logging

import pytest
import structlog

from central.log import configure_logging

SECRET = "hunter2"


@pytest.fixture
def stderr(capsys):
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield lambda: capsys.readouterr().err
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail(password):
    raise ValueError("it failed")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_where_and_never_the_values(stderr, form):
    configure_logging(form)
    try:
        _fail(SECRET)
    except ValueError:
        structlog.get_logger().exception("broken", charge_point_id="CP001")
    text = stderr()
    assert "ValueError: it failed" in text
    assert "_fail" in text
    assert "CP001" in text
    assert SECRET not in text


def test_json_lines_are_one_object_each_also_those_of_libraries(stderr):
    configure_logging("json")
    structlog.get_logger().warning("ours", charge_point_id="CP001")
    logging.getLogger("some.library").warning("theirs %s", 7)
    ours, theirs = map(json.loads, stderr().splitlines())
    assert (ours["event"], ours["level"], ours["charge_point_id"]) == ("ours", "warning", "CP001")
    assert theirs["event"] == "theirs 7"
    assert ours["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_left_out(stderr):
    configure_logging("json", "warning")
    structlog.get_logger().info("chatter")
    logging.getLogger("uvicorn.error").info("chatter")
    assert stderr() == ""


@pytest.mark.parametrize("value", ["\ud800", 2**70, object, b"raw", float("nan")])
def test_json_takes_whatever_a_charger_may_have_sent(stderr, value):
    configure_logging("json")
    structlog.get_logger().info("odd", value=value)
    assert json.loads(stderr())["event"] == "odd"


def test_a_line_that_cannot_be_written_fails_nobody(stderr, monkeypatch):
    class Full:
        def write(self, _text):
            raise OSError(errno.ENOSPC, "No space left on device")

        def isatty(self):
            return False

    monkeypatch.setattr("sys.stderr", Full())
    configure_logging("json")
    structlog.get_logger().info("lost")
