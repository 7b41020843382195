// How each fault ends, and whether it leaves the vehicle time.
#include "bench.h"
#include "evse/faults.h"

using namespace evse;

namespace {

struct Row {
  FaultCode code;
  bool heals;               // by itself
  bool goes_with_vehicle;   // when the vehicle is unplugged
  bool soft;                // the vehicle has time
};

using F = FaultCode;
constexpr Row kRows[] = {
    {F::PilotShorted, true, true, false},
    {F::DiodeMissing, false, true, false},
    {F::ProximityInvalid, true, true, false},
    {F::EarthLost, true, false, false},
    {F::ResidualCurrent, false, true, false},
    {F::ResidualTestFailed, false, true, false},
    {F::ContactorWelded, false, false, false},
    {F::ContactorStuckOpen, false, true, false},
    {F::OverCurrent, true, true, true},
    {F::ShortCircuit, false, true, false},
    {F::UnderVoltage, true, false, true},
    {F::OverVoltage, true, false, true},
    {F::PhaseLost, true, false, false},
    {F::NeutralLost, true, false, false},
    {F::SensorLost, true, false, false},
    {F::LockFailed, true, true, true},
    {F::VentilationUnavailable, true, true, true},
};

constexpr uint64_t kBeginUs = 100 * kSecond;

// A fault whose cause comes and goes at once.
Faults with(FaultCode code) {
  Faults faults;
  faults.reset(0, Memory());
  faults.tick(kBeginUs - kMs, bit(code), false, false);
  faults.tick(kBeginUs, 0, false, false);
  return faults;
}

}  // namespace

TEST_CASE("each fault ends in its way") {
  for (const Row& row : kRows) {
    CAPTURE(bit(row.code));
    Faults faults = with(row.code);
    CHECK(faults.held() == bit(row.code));
    CHECK(faults.healing() == (row.heals ? bit(row.code) : 0));
    CHECK(faults.latched() == (row.heals ? 0 : bit(row.code)));
    CHECK(faults.soft() == (row.soft ? bit(row.code) : 0));
    CHECK(faults.at_once() == (row.soft ? 0 : bit(row.code)));

    faults.tick(kBeginUs + 10010 * kMs - 1, 0, false, false);
    CHECK(faults.held() == bit(row.code));
    faults.tick(kBeginUs + 10010 * kMs, 0, false, false);
    CHECK(faults.held() == (row.heals ? 0 : bit(row.code)));

    Faults unplugged = with(row.code);
    unplugged.tick(kBeginUs + kMs, 0, true, false);
    CHECK(unplugged.held() == (row.goes_with_vehicle ? 0 : bit(row.code)));

    Faults acknowledged = with(row.code);
    acknowledged.tick(kBeginUs + kMs, 0, false, true);
    CHECK(acknowledged.held() == 0);

    Faults there = with(row.code);
    there.tick(kBeginUs + kMs, bit(row.code), true, true);
    there.tick(kBeginUs + kSecond * 100, bit(row.code), true, true);
    CHECK(there.held() == bit(row.code));
  }
}

TEST_CASE("heat ends with its cause, however often") {
  Faults faults;
  faults.reset(0, Memory());
  for (uint64_t i = 0; i < 10; ++i) {
    faults.tick(kBeginUs + i * kSecond, bit(F::OverTemperature), false, false);
    CHECK(faults.held() == bit(F::OverTemperature));
    CHECK(faults.healing() == bit(F::OverTemperature));
    CHECK(faults.soft() == bit(F::OverTemperature));
    faults.tick(kBeginUs + i * kSecond + kMs, 0, false, false);
    CHECK(faults.held() == 0);
  }
}

TEST_CASE("one fault's end is nothing to another, nor its retries") {
  Faults faults;
  faults.reset(0, Memory());
  faults.tick(kBeginUs, bits(F::EarthLost, F::ResidualCurrent, F::LockFailed), false, false);
  faults.tick(kBeginUs + kMs, bit(F::LockFailed), false, false);
  CHECK(faults.held() == bits(F::EarthLost, F::ResidualCurrent, F::LockFailed));
  faults.tick(kBeginUs + 2 * kMs, bit(F::LockFailed), true, false);
  CHECK(faults.held() == bits(F::EarthLost, F::LockFailed));
  CHECK(faults.at_once() == bit(F::EarthLost));
  CHECK(faults.soft() == bit(F::LockFailed));
}

TEST_CASE("a cause that stays does not make another fault that is over wait for it") {
  Faults faults;
  faults.reset(0, Memory());
  faults.tick(kBeginUs - kMs, bits(F::EarthLost, F::LockFailed), false, false);
  faults.tick(kBeginUs, bit(F::LockFailed), false, false);
  faults.tick(kBeginUs + 5 * kSecond, bit(F::LockFailed), false, false);
  faults.tick(kBeginUs + 10010 * kMs, bit(F::LockFailed), false, false);
  CHECK(faults.held() == bit(F::LockFailed));
}

TEST_CASE("whoever ends a fault gives no other one new retries") {
  Faults faults;
  faults.reset(0, Memory());
  uint64_t now_us = kBeginUs;
  for (int i = 0; i < 3; ++i) {
    faults.tick(now_us, bit(F::VentilationUnavailable), false, false);
    faults.tick(now_us += kMs, 0, false, false);
    faults.tick(now_us += 10010 * kMs, 0, false, false);
  }
  faults.tick(now_us += kMs, bit(F::LockFailed), false, false);
  faults.tick(now_us += kMs, 0, false, true);
  REQUIRE(faults.held() == 0);
  faults.tick(now_us += kMs, bit(F::VentilationUnavailable), false, false);
  CHECK(faults.latched() == bit(F::VentilationUnavailable));
}

TEST_CASE("the fourth time within ten minutes a fault stays, and is forgotten with the vehicle") {
  for (const uint64_t apart_us : {uint64_t{0}, kMs}) {
    Faults faults;
    faults.reset(0, Memory());
    uint64_t now_us = kBeginUs;
    uint64_t first_healed_us = 0;
    for (int i = 0; i < 3; ++i) {
      faults.tick(now_us, bit(F::OverCurrent), false, false);
      CHECK(faults.healing() != 0);
      faults.tick(now_us += kMs, 0, false, false);
      faults.tick(now_us += 10010 * kMs, 0, false, false);
      CHECK(faults.held() == 0);
      if (i == 0) first_healed_us = now_us;
    }
    // At ten minutes the first of them counts no more.
    now_us = first_healed_us + 600 * kSecond - kMs + apart_us;
    faults.tick(now_us, bit(F::OverCurrent), false, false);
    CHECK(faults.latched() == (apart_us == 0 ? bit(F::OverCurrent) : 0));
    faults.tick(now_us + kMs, 0, false, false);
    faults.tick(now_us + 60 * kSecond, 0, false, false);
    CHECK(faults.held() == (apart_us == 0 ? bit(F::OverCurrent) : 0));
    faults.tick(now_us + 61 * kSecond, 0, true, false);
    CHECK(faults.held() == 0);
    // Whoever comes next has three tries of their own.
    if (apart_us != 0) continue;
    faults.tick(now_us + 62 * kSecond, bit(F::OverCurrent), false, false);
    CHECK(faults.healing() == bit(F::OverCurrent));
  }
}

TEST_CASE("after a fault that people have ended there are three more tries") {
  for (const bool acknowledged : {false, true}) {
    Faults faults;
    faults.reset(0, Memory());
    uint64_t now_us = kBeginUs;
    for (int i = 0; i < 4; ++i) {
      faults.tick(now_us, bit(F::OverCurrent), false, false);
      faults.tick(now_us += kMs, 0, false, false);
      faults.tick(now_us += 10010 * kMs, 0, false, false);
    }
    REQUIRE(faults.latched() == bit(F::OverCurrent));
    faults.tick(now_us += kMs, 0, !acknowledged, acknowledged);
    REQUIRE(faults.held() == 0);
    faults.tick(now_us += kMs, bit(F::OverCurrent), false, false);
    CHECK(faults.healing() == bit(F::OverCurrent));
  }
}

TEST_CASE("a latched fault of the installation goes with the vehicle too") {
  Faults faults;
  faults.reset(0, Memory());
  uint64_t now_us = kBeginUs;
  for (int i = 0; i < 4; ++i) {
    faults.tick(now_us, bit(F::EarthLost), false, false);
    faults.tick(now_us += kMs, 0, false, false);
    faults.tick(now_us += 10010 * kMs, 0, false, false);
  }
  CHECK(faults.latched() == bit(F::EarthLost));
  faults.tick(now_us += kMs, 0, true, false);
  CHECK(faults.held() == 0);
}

TEST_CASE("the log holds the last eight faults, with the seconds since the reset") {
  Faults faults;
  Memory memory;
  memory.log[0] = {7, 99};
  faults.reset(10 * kSecond, memory);
  faults.tick(12 * kSecond - 1, bit(F::PilotShorted), false, false);
  CHECK(faults.log()[0].number == 1);
  CHECK(faults.log()[0].uptime_s == 1);
  CHECK(faults.log()[1].number == 7);
  CHECK(faults.log()[1].uptime_s == 99);
  for (int i = 1; i < 8; ++i) {
    faults.tick(20 * kSecond, (2u << i) - 1, false, false);
    CHECK(faults.log()[0].number == i + 1);
  }
  CHECK(faults.log()[7].number == 1);
  CHECK(faults.log()[6].number == 2);
}
