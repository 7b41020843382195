"""Real databases: SQLite files, and a PostgreSQL and a MariaDB server started for the test run."""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncmy
import asyncpg
import pytest

from central.domain.storage import open_storage
from central.migrations import upgrade
from central.models import log_metadata, metadata

BACKENDS = ("sqlite", "postgresql", "mariadb")
_UP_WITHIN_S = 120


@pytest.fixture
def now():
    return datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class Server:
    """A database server of the test run; `sql` runs statements on it as its superuser."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    has_migrated: bool = False

    def new_name(self) -> str:
        return f"test_{next(self.numbers)}"

    async def migrated(self) -> str:
        """The URL of a database with all tables and no rows, made once: it takes a second."""
        if self.has_migrated:
            # Emptied before a test, when nobody of the test before is at it any more.
            await self.clear()
        else:
            await self.sql("CREATE DATABASE migrated")
            await upgrade(self.url("migrated"))
            self.has_migrated = True
        return self.url("migrated")


class PostgreSql(Server):
    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def sql(self, statement: str, database: str = "postgres") -> None:
        connection = await asyncpg.connect(self.url(database))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def clear(self) -> None:
        tables = ", ".join([*metadata.tables, *log_metadata.tables])
        await self.sql(f"TRUNCATE {tables} RESTART IDENTITY", "migrated")

    async def end_connections(self) -> None:
        """End the connections of others, as a restart of the server would."""
        await self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = 'migrated' AND pid <> pg_backend_pid()"
        )


class MariaDb(Server):
    def url(self, database: str) -> str:
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/{database}"

    async def sql(self, *statements: str, database: str | None = None) -> None:
        connection = await asyncmy.connect(
            host="127.0.0.1", port=self.port, user="root", database=database, autocommit=True
        )
        try:
            async with connection.cursor() as cursor:
                for statement in statements:
                    await cursor.execute(statement)
        finally:
            await connection.ensure_closed()

    @contextlib.asynccontextmanager
    async def holding_lock(self, name: int) -> AsyncIterator[None]:
        """Hold a named lock, as another process would."""
        other = await asyncmy.connect(host="127.0.0.1", port=self.port, user="root")
        try:
            async with other.cursor() as cursor:
                await cursor.execute(f"SELECT GET_LOCK('{name}', 0)")
                yield
        finally:
            await other.ensure_closed()

    async def clear(self) -> None:
        # Emptying is much quicker than truncating, and numbers need not begin at 1.
        tables = [*reversed(metadata.sorted_tables), *log_metadata.sorted_tables]
        await self.sql(*(f"DELETE FROM {table.name}" for table in tables), database="migrated")

    async def end_connections(self) -> None:
        """End the connections of others, as a restart of the server would."""
        await self.sql("CREATE USER IF NOT EXISTS other@127.0.0.1")
        await self.sql("GRANT ALL ON *.* TO other@127.0.0.1")
        other = await asyncmy.connect(host="127.0.0.1", port=self.port, user="other")
        try:
            async with other.cursor() as cursor:
                await cursor.execute("KILL HARD USER root")
        finally:
            await other.ensure_closed()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries or not (binaries[-1] / "initdb").exists():
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql", pytrace=False)
    with _directory("postgres") as (directory, user):
        data = directory / "data"
        _run(
            [
                binaries[-1] / "initdb",
                *("--pgdata", data, "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            user,
        )
        port = _free_port()
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": directory,
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [binaries[-1] / "postgres", "-D", data, *settings]
        with _serving(command, "database system is ready to accept connections", user):
            yield PostgreSql(port)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    server = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if server is None or install is None:
        pytest.fail("MariaDB is not installed: apt-get install mariadb-server", pytrace=False)
    with _directory("mysql") as (directory, user):
        data = directory / "data"
        _run(
            [
                install,
                *("--no-defaults", f"--datadir={data}", "--skip-test-db"),
                "--auth-root-authentication-method=normal",
            ],
            user,
        )
        port = _free_port()
        options = [
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={directory / 'socket'}",
            f"--pid-file={directory / 'pid'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--innodb-buffer-pool-size=32M",
            "--max-connections=200",
        ]
        with _serving([server, *options], "ready for connections", user):
            yield MariaDb(port)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("sqlite") / "template.db"


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    return request.param


@pytest.fixture
async def empty_database(backend, request, tmp_path) -> AsyncIterator[str]:
    """The URL of a database without tables."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'central.db'}"
        return
    server = request.getfixturevalue(backend)
    name = server.new_name()
    await server.sql(f"CREATE DATABASE {name}")
    yield server.url(name)
    forced = " WITH (FORCE)" if backend == "postgresql" else ""
    await server.sql(f"DROP DATABASE {name}{forced}")


@pytest.fixture
async def database_url(backend, request, tmp_path) -> str:
    """The URL of a database with all tables and no rows."""
    if backend == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        if not template.exists():
            await upgrade(f"sqlite:///{template}")
        shutil.copy(template, tmp_path / "central.db")
        return f"sqlite:///{tmp_path / 'central.db'}"
    return await request.getfixturevalue(backend).migrated()


@pytest.fixture
async def storage(database_url):
    """A storage on each of the three databases."""
    storage = await open_storage(database_url)
    yield storage
    await storage.close()


@contextlib.contextmanager
def _directory(user: str) -> Iterator[tuple[Path, str | None]]:
    """A directory for a server, and the user to run it as: both refuse to run as root."""
    # Not below pytest's own directory, which only its owner may enter; and short, for a socket.
    directory = Path(tempfile.mkdtemp(prefix="evseloop-"))
    as_root = os.geteuid() == 0
    try:
        if as_root:
            shutil.chown(directory, user)
        yield directory, user if as_root else None
    finally:
        shutil.rmtree(directory)


def _run(command, user) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{Path(command[0]).name} failed: {done.stderr or done.stdout}", pytrace=False)


@contextlib.contextmanager
def _serving(command, ready, user) -> Iterator[None]:
    """Run a server, from the line on in which it says that it is ready."""
    process = subprocess.Popen(
        [str(word) for word in command],
        user=user,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, told = [], threading.Event()

    def listen() -> None:
        for line in process.stdout:
            said.append(line)
            if ready in line:
                told.set()
        told.set()  # it has ended

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        # Its port alone says nothing: PostgreSQL takes connections while it starts up.
        told.wait(_UP_WITHIN_S)
        if not any(ready in line for line in said):
            last = "".join(said[-20:])
            pytest.fail(f"the database server did not come up: {last}", pytrace=False)
        yield
    finally:
        process.terminate()
        process.wait()
        listener.join()
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
