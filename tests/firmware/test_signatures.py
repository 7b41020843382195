"""Signatures of images, made by another library, as `firmware/lib/certificates` judges them."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = "-std=c++17 -Wall -Wextra -Wconversion -Wshadow -Werror -fsanitize=address,undefined"
IMAGE = b"an image"

EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
PKCS1 = padding.PKCS1v15()


def _pss(salt: Any) -> padding.PSS:
    return padding.PSS(padding.MGF1(SHA256()), salt)


def _rsa(how: Any, content: bytes = IMAGE, digest: Any = None) -> bytes:
    return RSA.sign(content, how, digest or SHA256())


def _ec(content: bytes = IMAGE) -> bytes:
    return EC.sign(content, ec.ECDSA(SHA256()))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("signatures") / "judge"
    sources = [
        FIRMWARE / "lib/certificates/src/signature.cpp",
        FIRMWARE / "test/certificates/signature_main.cpp",
    ]
    include = f"-I{FIRMWARE}/lib/certificates/include"
    libraries = ["-lmbedx509", "-lmbedcrypto"]
    command = ["g++", *FLAGS.split(), include, *sources, *libraries, "-o", made]
    subprocess.run(command, check=True)
    return made


def _judge(program: Path, key: Any, signature: bytes) -> bool:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    line = f"{sha256(IMAGE).hexdigest()} {der.hex()} {signature.hex()}\n"
    done = subprocess.run([program], input=line, capture_output=True, text=True, check=True)
    return {"1": True, "0": False}[done.stdout.strip()]


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        pytest.param(RSA, _rsa(PKCS1), id="RSA, PKCS 1"),
        pytest.param(RSA, _rsa(_pss(padding.PSS.DIGEST_LENGTH)), id="RSA, PSS, salt of 32"),
        pytest.param(RSA, _rsa(_pss(padding.PSS.MAX_LENGTH)), id="RSA, PSS, longest salt"),
        pytest.param(RSA, _rsa(_pss(0)), id="RSA, PSS, no salt"),
        pytest.param(EC, _ec(), id="ECDSA"),
    ],
)
def test_what_its_key_has_signed_is_signed(program: Path, key: Any, signature: bytes) -> None:
    assert _judge(program, key, signature)


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        pytest.param(RSA, _rsa(PKCS1, b"another image"), id="RSA, another image"),
        pytest.param(RSA, _rsa(PKCS1, digest=SHA1()), id="RSA, SHA-1"),
        pytest.param(RSA, _rsa(PKCS1)[:-1], id="RSA, cut short"),
        pytest.param(RSA, _rsa(PKCS1) + b"\0", id="RSA, with something behind it"),
        pytest.param(EC, _ec(b"another image"), id="ECDSA, another image"),
        pytest.param(EC, _ec() + b"\0", id="ECDSA, with something behind it"),
        pytest.param(EC, _ec()[:-1], id="ECDSA, cut short"),
        pytest.param(EC, _rsa(PKCS1), id="another's key"),
        pytest.param(EC, b"no signature", id="none at all"),
    ],
)
def test_what_it_has_not_signed_is_not(program: Path, key: Any, signature: bytes) -> None:
    assert not _judge(program, key, signature)
