// What survives a power cut, at whatever byte it comes.
#include <cstring>
#include <new>

#include "bench.h"
#include "charger/charger.h"
#include "charger/memory_bytes.h"

using namespace evse;
using namespace evse::test;

namespace {

// An FRAM that loses its power after so many written bytes.
class Chip final : public hal::Fram {
 public:
  int size() const override { return 4096; }
  bool read(int address, uint8_t* data, int count) override {
    for (int i = 0; i < count; ++i) data[i] = bytes[address + i];
    return !dead;
  }
  bool write(int address, const uint8_t* data, int count) override {
    if (dead) return false;
    for (int i = 0; i < count; ++i) {
      if (writable-- <= 0) return false;
      bytes[address + i] = data[i];
    }
    ++writes;
    return true;
  }

  uint8_t bytes[4096]{};
  int writable = 1 << 30;
  int writes = 0;
  bool dead = false;
};

Inputs charging(int64_t total_mws) {
  Inputs in;
  in.total_vi_mws[0] = total_mws;
  in.earth_sense = in.temperature_valid = in.supply_present = true;
  in.mirror_main_open = in.mirror_l2l3_open = true;
  in.pilot_n_high = 1;
  in.pilot_high_mv = 12000;
  for (int i = 0; i < 3; ++i) {
    in.cycle_n[i] = 1;
    in.cycle_v2_e3[i] = 52900000;
  }
  return in;
}

// A tick, and what is kept of it.
void tick(Charger& charger, uint64_t now_us, const Inputs& in) {
  charger.tick(now_us, in);
  charger.keep(now_us);
}

}  // namespace

TEST_CASE("a memory reads as it was written") {
  Memory memory;
  memory.energy_mwh = 123456789012;
  memory.converter_mws = -1;
  memory.welded = true;
  memory.log[7] = {18, 4000000000};
  uint8_t data[kMemoryBytes];
  encode(memory, data);
  Memory read;
  REQUIRE(decode(data, read));
  CHECK(read.energy_mwh == memory.energy_mwh);
  CHECK(read.converter_mws == -1);
  CHECK(read.welded);
  CHECK(read.log[7].number == 18);
  CHECK(read.log[7].uptime_s == 4000000000);
  data[0] = 99;
  CHECK_FALSE(decode(data, read));
}

TEST_CASE("a new register begins where it is told, a kept one goes on") {
  Chip chip;
  Charger first(chip, Hardware(), 0);
  first.boot(0, 5000);
  CHECK(first.controller().memory().energy_mwh == 5000);
  tick(first, 1000, charging(0));
  tick(first, 20 * kSecond, charging(36000));
  CHECK(chip.writes == 1);
  Charger second(chip, Hardware(), 0);
  second.boot(30 * kSecond, 99);
  tick(second, 31 * kSecond, charging(36000));
  CHECK(second.controller().report().energy_mwh == 5010);
}

TEST_CASE("two EVSEs keep their memories apart") {
  Chip chip;
  for (int seat = 0; seat < 2; ++seat) {
    Charger charger(chip, Hardware(), seat);
    charger.boot(0, 1000 * (seat + 1));
    tick(charger, 1000, charging(0));
    tick(charger, 20 * kSecond, charging(3600));
  }
  for (int seat = 0; seat < 2; ++seat) {
    Charger charger(chip, Hardware(), seat);
    charger.boot(0, 0);
    CHECK(charger.controller().memory().energy_mwh == 1000 * (seat + 1) + 1);
  }
}

TEST_CASE("the register is saved within ten seconds, not at every tick") {
  Chip chip;
  Charger charger(chip, Hardware(), 0);
  charger.boot(0, 0);
  int64_t saved_mwh = 0;
  for (int64_t ms = 1; ms <= 60000; ++ms) {
    tick(charger, static_cast<uint64_t>(ms) * 1000, charging(ms * 11000));
    if (ms % 50 != 0) continue;
    Charger after(chip, Hardware(), 0);
    after.boot(0, 0);
    const int64_t mwh = after.controller().memory().energy_mwh;
    REQUIRE(mwh >= saved_mwh);
    saved_mwh = mwh;
    REQUIRE(charger.controller().report().energy_mwh - mwh <= 11000 * 10 * 10 / 36);
  }
  CHECK(chip.writes <= 8);
}

TEST_CASE("resets in a row, each before a save is due, keep nothing back from a power cut") {
  Chip chip;
  uint64_t now_us = 0;
  int64_t total_mws = 0;
  for (int reset = 0; reset < 20; ++reset) {
    Charger charger(chip, Hardware(), 0);
    charger.boot(now_us, 0);
    tick(charger, now_us += 1000, charging(total_mws));
    now_us += 5 * kSecond;
    tick(charger, now_us, charging(total_mws += 11000 * 5000));
  }
  Charger after(chip, Hardware(), 0);
  after.boot(now_us, 0);
  CHECK(after.controller().memory().energy_mwh >= (total_mws - 11000 * 10000) / 3600);
}

TEST_CASE("a power cut at any byte of a save leaves the register old or new") {
  for (int byte = 0; byte <= 2 * kMemoryBytes; ++byte) {
    Chip chip;
    Charger charger(chip, Hardware(), 0);
    charger.boot(0, 0);
    tick(charger, 1000, charging(0));
    tick(charger, 20 * kSecond, charging(36000));
    chip.writable = byte;
    tick(charger, 40 * kSecond, charging(72000));
    chip.writable = 1 << 30;
    Charger after(chip, Hardware(), 0);
    after.boot(0, 777);
    const int64_t mwh = after.controller().memory().energy_mwh;
    CAPTURE(byte);
    const bool old_or_new = mwh == 10 || mwh == 20;
    CHECK(old_or_new);
  }
}

TEST_CASE("a chip that does not answer is asked again, and the charger says so") {
  Chip chip;
  Charger charger(chip, Hardware(), 0);
  charger.boot(0, 0);
  tick(charger, 1000, charging(0));
  chip.dead = true;
  tick(charger, 20 * kSecond, charging(36000));
  CHECK(charger.memory_fails());
  chip.dead = false;
  tick(charger, 20 * kSecond + 1000, charging(36000));
  CHECK(charger.memory_fails());
  tick(charger, 21 * kSecond, charging(36000));
  CHECK_FALSE(charger.memory_fails());
  CHECK(chip.writes == 1);
}

TEST_CASE("what the memory holds is told: blank, damaged, of another layout, silent") {
  for (const int blank : {0x00, 0xFF}) {
    Chip chip;
    for (uint8_t& byte : chip.bytes) byte = static_cast<uint8_t>(blank);
    Charger charger(chip, Hardware(), 0);
    CHECK(charger.boot(0, 5000) == store::Found::Blank);
    CHECK(charger.controller().memory().energy_mwh == 5000);
  }
  Chip chip;
  chip.bytes[3] = 0x40;
  CHECK(Charger(chip, Hardware(), 0).boot(0, 0) == store::Found::Damage);
  uint8_t other[kMemoryBytes] = {99};
  store::Record(chip, 0, kMemoryBytes).save(other);
  CHECK(Charger(chip, Hardware(), 0).boot(0, 0) == store::Found::Damage);
  chip.dead = true;
  Charger silent(chip, Hardware(), 0);
  CHECK(silent.boot(0, 0) == store::Found::Silence);
  CHECK(silent.memory_fails());
}

TEST_CASE("a register that could not be read at the start is not written over") {
  Chip chip;
  Charger before(chip, Hardware(), 0);
  before.boot(0, 5000);
  tick(before, 1000, charging(0));
  tick(before, 20 * kSecond, charging(36000));
  chip.dead = true;
  Charger blind(chip, Hardware(), 0);
  blind.boot(0, 0);
  chip.dead = false;
  tick(blind, 1000, charging(36000));
  tick(blind, 20 * kSecond, charging(72000));
  CHECK(chip.writes == 1);
  Charger after(chip, Hardware(), 0);
  CHECK(after.boot(0, 0) == store::Found::Record);
  CHECK(after.controller().memory().energy_mwh == 5010);
}

TEST_CASE("what is saved after a silence counts as the later, also where only one slot was silent") {
  class HalfDead final : public hal::Fram {
   public:
    int size() const override { return 4096; }
    bool read(int address, uint8_t* data, int count) override {
      return !(address >= silent_from && address < silent_to) && chip.read(address, data, count);
    }
    bool write(int address, const uint8_t* data, int count) override {
      return chip.write(address, data, count);
    }
    Chip chip;
    int silent_from = 0;
    int silent_to = 0;
  };
  constexpr int kSlot = 1 + store::Record::kOverhead;
  for (int slot = 0; slot < 2; ++slot) {
    HalfDead fram;
    store::Record first(fram, 0, 1);
    for (uint8_t value = 1; value <= 4; ++value) REQUIRE(first.save(&value));
    fram.silent_from = slot * kSlot;
    fram.silent_to = fram.silent_from + kSlot;
    store::Record second(fram, 0, 1);
    uint8_t data = 0;
    CHECK(second.look(&data) == store::Found::Silence);
    CHECK(data == 0);
    const uint8_t fresh = 9;
    CHECK_FALSE(second.save(&fresh));
    fram.silent_to = fram.silent_from;
    CHECK(second.save(&fresh));
    CHECK(store::Record(fram, 0, 1).load(&data));
    CHECK(data == fresh);
  }
}

TEST_CASE("a log of eight faults is read and written without what stands behind it") {
  struct {
    Memory memory;
    uint32_t behind[4];
  } kept{};
  for (uint32_t& each : kept.behind) each = 0x55555555;
  struct {
    Faults faults;
    uint32_t behind[4];
  } read{};
  read.faults.reset(0, kept.memory);
  for (const uint32_t each : read.behind) CHECK(each == 0);

  Bench bench;
  alignas(Memory) uint8_t room[sizeof(Memory) + 16];
  std::memset(room, 0x55, sizeof(room));
  new (room) Memory(bench.controller.memory());
  for (size_t i = sizeof(Memory); i < sizeof(room); ++i) CHECK(room[i] == 0x55);
}
