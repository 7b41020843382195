"""What the security extension keeps in the store."""

TABLES = """
CREATE TABLE root_certificate (
    kind TEXT NOT NULL, fingerprint TEXT NOT NULL, pem TEXT NOT NULL,
    PRIMARY KEY (kind, fingerprint)
) STRICT;
CREATE TABLE own_certificate (
    place TEXT PRIMARY KEY, chain TEXT NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE TABLE security_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, said TEXT NOT NULL
) STRICT;
CREATE TABLE security_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
"""
