"""The ESP32 part of the firmware, as far as it can be checked without Espressif's toolchain."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
SOURCES = sorted((FIRMWARE / "src/esp32").glob("*.cpp"))
LIBRARIES = ("evse", "charger", "hal", "store", "front_end", "ocpp", "certificates")
INCLUDES = [f"-I{FIRMWARE}/lib/{name}/include" for name in LIBRARIES]
FLAGS = "-std=gnu++17 -Wall -Wextra -Wshadow -Werror -fno-exceptions -fno-rtti"

CHIPS = {
    # chip: pins that the module's flash takes, pins that cannot drive, pin of each ADC1 channel
    "ESP32": (set(range(6, 12)), set(range(34, 40)), (36, 37, 38, 39, 32, 33, 34, 35)),
    "ESP32S3": (set(range(26, 33)), set(), tuple(range(1, 11))),
    "ESP32C3": (set(range(11, 18)), set(), (0, 1, 2, 3, 4)),
}

WRITES_FLASH = re.compile(
    r"\.(putString|remove)\(|esp_ota_(begin|write|set_boot_partition|mark_app_valid_cancel_rollback)\(|ArduinoOTA\.handle|persistent\(true"
)

GUARDED = {"Settings.cpp", "OtaManager.cpp", "CertificateStore.cpp"}


@pytest.mark.parametrize("chip", CHIPS)
def test_the_sources_compile_against_the_documented_declarations(chip):
    command = ["g++", *FLAGS.split(), "-fsyntax-only", f"-DCONFIG_IDF_TARGET_{chip}=1"]
    includes = [*INCLUDES, f"-I{FIRMWARE}/test/declarations"]
    subprocess.run([*command, *includes, *map(str, SOURCES)], check=True)


def pins(chip, tmp_path):
    program = tmp_path / "pins"
    command = ["g++", *FLAGS.split(), f"-DCONFIG_IDF_TARGET_{chip}=1", *INCLUDES]
    subprocess.run([*command, str(FIRMWARE / "test/esp32_pins.cpp"), "-o", program], check=True)
    lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return [(kind, use, int(number)) for kind, use, number in map(str.split, lines.splitlines())]


@pytest.mark.parametrize("chip", CHIPS)
def test_a_board_uses_each_pin_once_and_for_what_it_can_do(chip, tmp_path):
    flash, input_only, adc_pins = CHIPS[chip]
    table = pins(chip, tmp_path)
    driven = {pin for kind, _, pin in table if kind == "out"}
    analogue = {adc_pins[channel] for kind, _, channel in table if kind == "adc"}
    uses = Counter([pin for kind, _, pin in table if kind in ("in", "out")] + list(analogue))
    assert [pin for pin, count in uses.items() if count > 1] == []
    assert not uses.keys() & flash
    assert not driven & input_only


@pytest.mark.parametrize(
    ("chip", "most_ns"), [("ESP32", 12_010), ("ESP32S3", 24_010), ("ESP32C3", 13_720)]
)
def test_the_pilot_is_sampled_often_enough(chip, most_ns, tmp_path):
    (sample_ns,) = (number for kind, _, number in pins(chip, tmp_path) if kind == "pilot_sample_ns")
    assert most_ns - 20 <= sample_ns <= most_ns


@pytest.mark.parametrize(("chip", "lag"), [("ESP32", 64), ("ESP32S3", 28), ("ESP32C3", 0)])
def test_the_lag_of_the_current_is_that_of_the_sampling_pattern(chip, lag, tmp_path):
    (found,) = (n for kind, _, n in pins(chip, tmp_path) if kind == "current_lag_256ths")
    assert found == lag


def test_flash_is_written_only_where_the_contactor_is_known_to_be_open():
    writers = {
        source.name
        for source in (FIRMWARE / "src/esp32").iterdir()
        if WRITES_FLASH.search(source.read_text())
    }
    assert writers == {*GUARDED, "OcppFirmwareUpdate.cpp"}
    for name in GUARDED:
        assert "FlashGuard guard(" in (FIRMWARE / "src/esp32" / name).read_text()
    assert "ask_to_hold(true)" in (FIRMWARE / "src/esp32/OcppFirmwareUpdate.cpp").read_text()
