// The guards one by one: pilot, proximity, offer, heat, register, roots.
#include "bench.h"
#include "evse/cycles.h"
#include "evse/meter.h"
#include "evse/offer.h"
#include "evse/overcurrent.h"
#include "evse/pilot.h"
#include "evse/proximity.h"
#include "evse/residual.h"
#include "evse/root.h"
#include "evse/temperature.h"
#include "evse/wake_up.h"

using namespace evse;

TEST_CASE("a root is the largest number whose square is not above") {
  for (uint32_t number = 1; number < 65536; number += 7) {
    const uint64_t square = uint64_t{number} * number;
    REQUIRE(root(square) == number);
    REQUIRE(root(square - 1) == number - 1);
    REQUIRE(root(square + 1) == number);
  }
  CHECK(root(0) == 0);
}

TEST_CASE("a root of a large number is right to 31 ppm") {
  for (uint64_t number = 65536; number < 0xFFFFFFFF; number += number / 91) {
    const uint64_t found = root(number * number);
    REQUIRE(found <= number);
    REQUIRE(number - found <= number / 32768);
  }
}

TEST_CASE("a quotient is what the machine's own division says") {
  for (uint64_t number = 1; number < (uint64_t{1} << 62); number += number / 7 + 1) {
    for (const uint16_t by : std::initializer_list<uint16_t>{1, 2, 160, 255, 8000, 65535}) {
      REQUIRE(divided(number, by) == number / by);
    }
  }
}

TEST_CASE("a plateau between two states is taken for the one before it") {
  using S = PilotState;
  struct Case {
    int32_t mv;
    S before;
    S after;
  };
  for (const Case& c : {Case{10640, S::B, S::B}, Case{10660, S::B, S::A}, Case{10360, S::A, S::A},
                        Case{10340, S::A, S::B}, Case{7360, S::B, S::B}, Case{7340, S::B, S::C},
                        Case{7640, S::C, S::C}, Case{7660, S::C, S::B}, Case{4340, S::C, S::D},
                        Case{4660, S::D, S::C}, Case{1860, S::D, S::D}, Case{1840, S::D, S::E},
                        Case{2160, S::E, S::D}, Case{12000, S::E, S::A}, Case{0, S::A, S::E}}) {
    CAPTURE(c.mv);
    CHECK(classify(c.mv, c.before) == c.after);
  }
}

TEST_CASE("a state counts after 20 ms, and a glitch never") {
  Pilot pilot;
  Inputs in;
  in.pilot_n_high = 10;
  uint64_t now_us = 0;
  const auto show = [&](int32_t mv, int ms) {
    in.pilot_high_mv = mv;
    for (int i = 0; i < ms; ++i) pilot.tick(now_us += 1000, in, false);
  };
  show(9000, 20);
  CHECK_FALSE(pilot.known());
  show(9000, 1);
  CHECK(pilot.state() == PilotState::B);
  show(6000, 19);
  show(9000, 1);
  show(6000, 20);
  CHECK(pilot.state() == PilotState::B);
  show(6000, 1);
  CHECK(pilot.state() == PilotState::C);

  SUBCASE("without an upper plateau the last state stays") {
    in.pilot_n_high = 0;
    show(0, 500);
    CHECK(pilot.state() == PilotState::C);
    CHECK_FALSE(pilot.looked());
    in.pilot_n_high = 10;
    show(12000, 21);
    CHECK(pilot.looked());
    CHECK(pilot.gone());
  }
  SUBCASE("old samples are not looked at") {
    in.pilot_age_us = 20001;
    show(12000, 100);
    CHECK(pilot.state() == PilotState::C);
  }
}

TEST_CASE("a cable's resistance is its rating, the lower one in a gap") {
  struct Case {
    uint32_t ohm;
    uint32_t ma;
  };
  for (const int phases : {1, 3}) {
    const uint32_t most_ma = phases == 1 ? 70000 : 63000;
    for (const Case& c :
         {Case{58, 0}, Case{80, most_ma}, Case{100, most_ma}, Case{140, most_ma}, Case{152, 32000},
          Case{164, 32000}, Case{220, 32000}, Case{308, 32000}, Case{350, 20000}, Case{400, 20000},
          Case{680, 20000}, Case{936, 20000}, Case{1000, 13000}, Case{1500, 13000},
          Case{2460, 13000}, Case{3500, 13000}, Case{4600, 0}, Case{1000000, 0}}) {
      Proximity proximity(phases);
      Inputs in;
      in.proximity_mv = static_cast<uint16_t>((3300 * c.ohm + (1000 + c.ohm) / 2) / (1000 + c.ohm));
      for (uint64_t ms = 1; ms <= 201; ++ms) {
        if (ms == 201) CHECK(proximity.rating_ma() == 0);
        proximity.tick(ms * 1000, in, false, false);
      }
      CAPTURE(c.ohm);
      CHECK(proximity.rating_ma() == c.ma);
      // A short is something that is plugged in, if none that anybody makes.
      CHECK(proximity.present() == (c.ohm <= 4500));
    }
  }
}

TEST_CASE("a duty says its current by Table A.7, rounded down") {
  CHECK(duty_ppm(6000) == 100000);
  CHECK(duty_ppm(16000) == 266666);
  CHECK(duty_ppm(32000) == 533333);
  CHECK(duty_ppm(51000) == 850000);
  CHECK(duty_ppm(51001) == 850000);
  CHECK(duty_ppm(52499) == 850000);
  CHECK(duty_ppm(52500) == 850000);
  CHECK(duty_ppm(63000) == 892000);
  CHECK(duty_ppm(80000) == 960000);
  CHECK(duty_ppm(99000) == 960000);
  for (uint32_t ma = 6000; ma <= 51000; ma += 7) REQUIRE(duty_ppm(ma) * 60 <= ma * 1000);
}

TEST_CASE("between 51 and 52.5 A a vehicle makes 51 A of the duty") {
  struct Case {
    uint32_t wanted_ma;
    uint32_t offered_ma;
  };
  for (const Case& c :
       {Case{51000, 51000}, Case{51001, 51000}, Case{52499, 51000}, Case{52500, 52500}}) {
    Offer offer;
    offer.begin(0, c.wanted_ma);
    CHECK(offer.current_ma() == c.offered_ma);
  }
}

TEST_CASE("duties change every five seconds, the first at once") {
  Offer offer;
  offer.begin(1000000, 16000);
  CHECK(offer.current_ma() == 16000);
  offer.follow(1000000 + 5010 * kMs - 1, 10000);
  CHECK(offer.current_ma() == 16000);
  offer.follow(1000000 + 5010 * kMs, 10000);
  CHECK(offer.current_ma() == 10000);
  offer.follow(10020 * kMs, 8000);
  CHECK(offer.current_ma() == 10000);
  offer.end();
  offer.follow(45090 * kMs, 8000);
  CHECK(offer.current_ma() == 0);
}

TEST_CASE("each kelvin from 65 degrees on takes a tenth of what is above 6 A") {
  Temperature temperature;
  Inputs in;
  in.temperature_valid = true;
  const auto at = [&](int32_t cc) {
    in.temperature_connector_cc = cc;
    temperature.tick(in);
    return temperature.derated_ma(16000);
  };
  CHECK(at(6499) == 16000);
  CHECK(at(6500) == 15000);
  CHECK(at(6599) == 15000);
  CHECK(at(6600) == 14000);
  CHECK(at(6400) == 14000);  // a step is taken back 2 K below where it came
  CHECK(at(6399) == 15000);
  CHECK(at(6299) == 16000);
  CHECK(at(7450) == 6000);
  CHECK(at(7499) == 6000);
  CHECK_FALSE(temperature.too_hot());
  CHECK(at(7500) == 6000);
  CHECK(temperature.too_hot());
  CHECK_FALSE(temperature.open_at_once());
  at(8499);
  CHECK_FALSE(temperature.open_at_once());
  at(8500);
  CHECK(temperature.open_at_once());
  at(5980);
  CHECK(temperature.too_hot());
  at(5979);
  CHECK_FALSE(temperature.too_hot());
}

TEST_CASE("a current below 6 A is not derated to more") {
  Temperature temperature;
  Inputs in;
  in.temperature_valid = true;
  in.temperature_contactor_cc = 9000;
  temperature.tick(in);
  CHECK(temperature.derated_ma(6000) == 6000);
  CHECK(temperature.derated_ma(0) == 0);
}

TEST_CASE("after a reduction the old limit counts for eight seconds, each one its own") {
  OverCurrent guard;
  guard.limit(0, 16000);
  guard.limit(10 * kSecond, 13000);
  guard.limit(15 * kSecond, 10000);
  CHECK(guard.limit_ma(15 * kSecond) == 16000);
  CHECK(guard.limit_ma(10 * kSecond + 8010 * kMs - 1) == 16000);
  CHECK(guard.limit_ma(10 * kSecond + 8010 * kMs) == 13000);
  CHECK(guard.limit_ma(15 * kSecond + 8010 * kMs) == 10000);
}

TEST_CASE("over-current is more than 1.1 times the limit and half an ampere, for 6.5 s") {
  OverCurrent guard;
  guard.limit(0, 10000);
  uint64_t now_us = 20 * kSecond;
  guard.tick(now_us, 11500, true);
  guard.tick(now_us + 7 * kSecond, 11500, true);
  CHECK_FALSE(guard.over());
  guard.tick(now_us, 11501, true);
  guard.tick(now_us + 6500 * kMs - 1, 11501, true);
  CHECK_FALSE(guard.over());
  guard.tick(now_us + 6500 * kMs, 11501, true);
  CHECK(guard.over());
  guard.tick(now_us + 6500 * kMs, 11501, false);
  CHECK_FALSE(guard.over());
}

TEST_CASE("a short circuit is twice the limit, 32 A at least, after the inrush") {
  OverCurrent guard;
  guard.limit(0, 10000);
  guard.closes(kSecond);
  SUBCASE("that begins after it") {
    guard.tick(kSecond + 1550 * kMs, 32001, true);
    guard.tick(kSecond + 1550 * kMs + 100 * kMs - 1, 32001, true);
    CHECK_FALSE(guard.shorted());
    guard.tick(kSecond + 1550 * kMs + 100 * kMs, 32001, true);
    CHECK(guard.shorted());
  }
  SUBCASE("that has been there from the closing on, once its time is over") {
    guard.tick(kSecond, 32001, true);
    guard.tick(kSecond + 1550 * kMs - 1, 32001, true);
    CHECK_FALSE(guard.shorted());
    guard.tick(kSecond + 1550 * kMs, 32001, true);
    CHECK(guard.shorted());
  }
  guard.tick(10 * kSecond, 32000, true);
  guard.tick(11 * kSecond, 32000, true);
  CHECK_FALSE(guard.shorted());
}

TEST_CASE("a self-test holds for one closing and a minute") {
  Residual residual;
  Inputs in;
  residual.begin_test(0);
  CHECK(residual.injects());
  in.residual_trip = true;
  residual.tick(30000, in);
  CHECK_FALSE(residual.injects());
  CHECK_FALSE(residual.passed(30000));
  in.residual_trip = false;
  residual.tick(60000, in);
  CHECK(residual.passed(60000 + 59900 * kMs));
  CHECK_FALSE(residual.passed(60001 + 59900 * kMs));
  residual.closes();
  CHECK_FALSE(residual.passed(60000));
}

TEST_CASE("a trip that never comes or never goes fails the test") {
  for (const bool comes : {false, true}) {
    Residual residual;
    Inputs in;
    residual.begin_test(0);
    in.residual_trip = comes;
    residual.tick(1490 * kMs - 1, in);
    CHECK_FALSE(residual.failed());
    residual.tick(1490 * kMs, in);
    CHECK(residual.failed());
    CHECK_FALSE(residual.passed(1490 * kMs));
    CHECK_FALSE(residual.tripped());
    residual.tick(1490 * kMs + 1000, in);
    CHECK(residual.tripped() == comes);
  }
}

TEST_CASE("the trip of a test that was broken off is none, one that stays is") {
  Residual residual;
  Inputs in;
  residual.begin_test(0);
  residual.abort_test(10000);
  CHECK_FALSE(residual.injects());
  residual.tick(20000, in);
  in.residual_trip = true;
  residual.tick(50000, in);
  CHECK_FALSE(residual.tripped());
  in.residual_trip = false;
  residual.tick(120000, in);
  residual.tick(121000, in);
  CHECK_FALSE(residual.passed(121000));
  in.residual_trip = true;
  residual.tick(122000, in);
  CHECK(residual.tripped());
}

TEST_CASE("a vehicle that stays in B for 30 s is woken once") {
  WakeUp wake_up;
  wake_up.arm(0);
  const auto at = [&](uint64_t us) {
    wake_up.tick(us, true);
    return wake_up.running();
  };
  CHECK_FALSE(at(30 * kSecond - 1));
  CHECK(at(30 * kSecond));
  CHECK(wake_up.mode() == PilotMode::SteadyPositive);
  uint64_t now_us = 30 * kSecond + 3010 * kMs;
  at(now_us);
  CHECK(wake_up.mode() == PilotMode::SteadyNegative);
  at(now_us += 4010 * kMs);
  CHECK(wake_up.mode() == PilotMode::SteadyPositive);
  CHECK_FALSE(at(now_us += 3010 * kMs));
  CHECK_FALSE(at(now_us + 300 * kSecond));
}

TEST_CASE("lines are worked one in a tick and shown together") {
  Cycles cycles(3);
  Inputs in;
  for (int i = 0; i < 3; ++i) {
    in.cycle_n[i] = 160;
    in.cycle_v2_e3[i] = int64_t{230000} * 230000 / 1000 * 160;
    in.cycle_i2_e6[i] = int64_t{10000 + i} * (10000 + i) * 160;
    in.cycle_vi_e3[i] = int64_t{2300000} * 160;
  }
  for (int i = 0; i < 4; ++i) cycles.tick(in);
  CHECK(cycles.line(0).voltage_mv == 0);
  cycles.tick(in);
  CHECK(cycles.present());
  for (int i = 0; i < 3; ++i) {
    CHECK(cycles.line(i).voltage_mv > 230000 - 8);
    CHECK(cycles.line(i).voltage_mv <= 230000);
    CHECK(cycles.line(i).current_ma == 10000u + static_cast<uint32_t>(i));
    CHECK(cycles.line(i).power_mw == 2300000);
  }
  CHECK(cycles.highest_current_ma() == 10002);
  const uint32_t sequence = cycles.sequence();
  cycles.tick(in);
  CHECK(cycles.sequence() == sequence);
  in.cycle_n[1] = 0;
  for (int i = 0; i < 5; ++i) cycles.tick(in);
  CHECK_FALSE(cycles.present());
}

TEST_CASE("the register sums the lines and never goes back") {
  Meter meter(3);
  Memory memory;
  memory.energy_mwh = 1000;
  meter.reset(memory);
  Inputs in;
  in.total_vi_mws[0] = 5000000;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1000);  // what was before a new memory is somebody else's
  in.total_vi_mws[1] = 3600;
  in.total_vi_mws[2] = 3600;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1002);
  in.total_vi_mws[0] -= 36000;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1002);
  in.total_vi_mws[0] += 36000;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1002);
  in.total_vi_mws[0] += 3600;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1003);
}

TEST_CASE("a reset catches up with its converter, and with one that began anew") {
  Memory memory;
  memory.energy_mwh = 500;
  memory.converter_mws = 36000000;
  Inputs in;
  Meter meter(1);
  meter.reset(memory);
  SUBCASE("the converter has gone on counting") {
    in.total_vi_mws[0] = 36036000;
    meter.tick(in);
    CHECK(meter.energy_mwh() == 510);
  }
  SUBCASE("the converter has lost its power too") {
    in.total_vi_mws[0] = 7200;
    meter.tick(in);
    CHECK(meter.energy_mwh() == 502);
  }
  SUBCASE("it begins anew later") {
    in.total_vi_mws[0] = 72000000;
    meter.tick(in);
    CHECK(meter.energy_mwh() == 10500);
    in.total_vi_mws[0] = 3600;
    meter.tick(in);
    CHECK(meter.energy_mwh() == 10501);
  }
}
