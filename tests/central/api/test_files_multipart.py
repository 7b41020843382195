"""A form is read the same however it is cut into pieces on its way."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.api.files_multipart import MultipartReader, boundary_of
from central.domain.errors import InvalidError

# Bytes that look like a boundary, in part or nearly, among others.
DATA = st.lists(
    st.sampled_from([b"\r\n--b", b"\r\n", b"--", b"\r\n--bound", b"\r", b"x" * 50]) | st.binary()
).map(b"".join)


async def read(body, boundary, size):
    async def chunks():
        for start in range(0, len(body), size):
            yield body[start : start + size]

    reader = MultipartReader(chunks(), boundary)
    parts = []
    while (part := await reader.next_part()) is not None:
        parts.append((part.name, part.file_name, b"".join([data async for data in reader.data()])))
    return parts


@given(data=DATA, size=st.integers(1, 100))
def test_whatever_the_file_it_comes_out_as_it_went_in(data, size):
    request = httpx.Request(
        "POST", "http://central", data={"version": "1.3"}, files={"image": ("a b.bin", data)}
    )
    boundary = boundary_of(request.headers["content-type"])
    parts = asyncio.run(read(request.read(), boundary, size))
    assert parts == [("version", None, b"1.3"), ("image", "a b.bin", data)]


@given(body=st.binary(max_size=200), size=st.integers(1, 50))
def test_what_is_no_form_is_refused_and_never_a_bug(body, size):
    with pytest.raises(InvalidError):
        asyncio.run(read(body, "boundary", size))


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream"])
def test_another_kind_of_body_has_no_boundary(content_type):
    assert boundary_of(content_type) is None


def test_a_form_without_a_boundary_is_refused():
    with pytest.raises(InvalidError):
        boundary_of("multipart/form-data")
