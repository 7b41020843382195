"""Database URLs as people write them."""

import pytest

from central.domain.errors import InvalidError
from central.domain.storage import parse_url


@pytest.mark.parametrize(
    ("text", "backend", "driver"),
    [
        ("sqlite:///central.db", "sqlite", "sqlite+pysqlite"),
        ("sqlite+aiosqlite:///central.db", "sqlite", "sqlite+pysqlite"),
        ("postgresql://u:p@h/db", "postgresql", "postgresql+asyncpg"),
        ("postgres://u:p@h/db", "postgresql", "postgresql+asyncpg"),
        ("postgresql+psycopg2://u:p@h/db", "postgresql", "postgresql+asyncpg"),
        ("mysql://u:p@h/db", "mariadb", "mysql+asyncmy"),
        ("mysql+pymysql://u:p@h:3306/db", "mariadb", "mysql+asyncmy"),
        ("mariadb://u:p@h/db", "mariadb", "mysql+asyncmy"),
    ],
)
def test_synchronous_forms_mean_our_driver(text, backend, driver):
    parsed = parse_url(text)
    assert (parsed.backend, parsed.url.drivername) == (backend, driver)


def test_an_sqlite_path_may_be_absolute():
    assert str(parse_url("sqlite:////var/lib/central.db").path) == "/var/lib/central.db"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "central.db",
        "oracle://h/db",
        "postgresql://u@h:x/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?a=b",
    ],
)
def test_what_cannot_be_used_is_refused_with_a_way_out(text):
    with pytest.raises(InvalidError) as refused:
        parse_url(text)
    assert refused.value.where == "DATABASE_URL"
    assert "sqlite:///" in refused.value.how


def test_a_password_shows_neither_in_the_repr_nor_in_an_error():
    assert "hunter2" not in repr(parse_url("postgresql://u:hunter2@h/db"))
    with pytest.raises(InvalidError) as refused:
        parse_url("oracle://u:hunter2@h/db")
    assert "hunter2" not in str(refused.value) + refused.value.how
