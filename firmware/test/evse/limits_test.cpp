// Each limit to its last step: what it lets pass, and the least that it does not.
//
// The numbers stand here a second time, so that none changes unnoticed.
#include "bench.h"
#include "evse/contactor_guard.h"
#include "evse/diode.h"
#include "evse/lock.h"
#include "evse/sensors.h"

using namespace evse;
using namespace evse::test;

namespace {

constexpr uint64_t kBeginUs = 40 * kSecond;

// Ticks a guard from `kBeginUs` on at every millisecond; returns how many passed until it says yes.
template <typename Guard>
uint64_t ms_until(Guard guard, uint64_t most_ms = 2000) {
  for (uint64_t ms = 0; ms <= most_ms; ++ms) {
    if (guard(kBeginUs + ms * kMs)) return ms;
  }
  return UINT64_MAX;
}

Inputs good_inputs() {
  Inputs in;
  in.temperature_valid = in.supply_present = true;
  in.pilot_n_high = in.pilot_n_low = 1;
  in.pilot_low_mv = -12000;
  return in;
}

}  // namespace

TEST_CASE("each boundary between two states is half way, give or take 150 mV") {
  constexpr int32_t kBoundariesMv[] = {10500, 7500, 4500, 2000};
  for (int i = 0; i < 4; ++i) {
    const auto upper = static_cast<PilotState>(i);
    const auto lower = static_cast<PilotState>(i + 1);
    CAPTURE(i);
    CHECK(classify(kBoundariesMv[i] - 150, upper) == upper);
    CHECK(classify(kBoundariesMv[i] - 151, upper) == lower);
    CHECK(classify(kBoundariesMv[i] + 149, lower) == lower);
    CHECK(classify(kBoundariesMv[i] + 150, lower) == upper);
  }
}

TEST_CASE("a diode lets -10 V stand for 20 ms, and is missing above that as soon") {
  Inputs in = good_inputs();
  Diode diode;
  const auto proven = [&](uint64_t now_us) {
    diode.tick(now_us, in, true, true);
    CHECK_FALSE((diode.proven() && diode.missing()));
    return diode.proven();
  };
  const auto missing = [&](uint64_t now_us) {
    diode.tick(now_us, in, true, true);
    return diode.missing();
  };
  in.pilot_low_mv = -10000;
  CHECK(ms_until(proven) == 20);
  in.pilot_low_mv = -9999;
  CHECK(ms_until(missing) == 20);
  CHECK_FALSE(diode.proven());
  SUBCASE("of samples that are 20 ms old") {
    in.pilot_age_us = 20000;
    CHECK(ms_until(missing) == 0);
  }
  SUBCASE("but not of older ones") {
    in.pilot_age_us = 20001;
    CHECK(ms_until(missing) == UINT64_MAX);
    in.pilot_low_mv = -12000;
    CHECK(ms_until(proven) == UINT64_MAX);
  }
  SUBCASE("nor without a sample") {
    in.pilot_n_low = 0;
    CHECK(ms_until(missing) == UINT64_MAX);
    in.pilot_low_mv = -12000;
    CHECK(ms_until(proven) == UINT64_MAX);
  }
  SUBCASE("nor of a generator without a negative half, or of no vehicle") {
    diode.tick(kBeginUs, in, false, true);
    CHECK_FALSE(diode.missing());
    diode.tick(kBeginUs, in, true, false);
    diode.tick(kBeginUs + kSecond, in, true, false);
    CHECK_FALSE(diode.missing());
  }
}

TEST_CASE("a cable's rating changes at the very millivolt") {
  struct Case {
    uint16_t mv;
    uint32_t ma;
  };
  for (const Case& c :
       {Case{186, 0}, Case{187, 63000}, Case{406, 63000}, Case{407, 32000}, Case{778, 32000},
        Case{779, 20000}, Case{1596, 20000}, Case{1597, 13000}, Case{2700, 13000}, Case{2701, 0}}) {
    Proximity proximity(3);
    Inputs in;
    in.proximity_mv = c.mv;
    proximity.tick(kBeginUs, in, false, false);
    proximity.tick(kBeginUs + kSecond, in, false, false);
    CAPTURE(c.mv);
    CHECK(proximity.rating_ma() == c.ma);
  }
}

TEST_CASE("a cable is there after 200 ms at 2700 mV or less, and away as long after it") {
  Proximity proximity(3);
  Inputs in;
  const auto there = [&](uint64_t now_us) {
    proximity.tick(now_us, in, false, false);
    return proximity.present();
  };
  in.proximity_mv = 2701;
  CHECK(ms_until(there) == UINT64_MAX);
  in.proximity_mv = 2700;
  CHECK(ms_until(there) == 200);
  in.proximity_mv = 2701;
  CHECK(ms_until([&](uint64_t now_us) { return !there(now_us); }) == 200);
}

TEST_CASE("a state is looked at from one sample on, and up to an age of 20 ms") {
  Inputs in = good_inputs();
  in.pilot_high_mv = 9000;
  const auto ms_to_b = [&] {
    Pilot pilot;
    return ms_until([&](uint64_t now_us) {
      pilot.tick(now_us, in, false);
      return pilot.state() == PilotState::B;
    });
  };
  in.pilot_age_us = 20000;
  CHECK(ms_to_b() == 20);
  in.pilot_age_us = 20001;
  CHECK(ms_to_b() == UINT64_MAX);
  in.pilot_age_us = 0;
  in.pilot_n_high = 0;
  CHECK(ms_to_b() == UINT64_MAX);
}

TEST_CASE("a cable that is none is a fault after 200 ms with a vehicle, now and for some time") {
  Inputs in;
  in.proximity_mv = 3300;
  for (const bool now : {false, true}) {
    for (const bool longer : {false, true}) {
      Proximity proximity(3);
      const uint64_t ms = ms_until([&](uint64_t now_us) {
        proximity.tick(now_us, in, now, longer);
        return proximity.invalid();
      });
      CHECK(ms == (now && longer ? 200 : UINT64_MAX));
    }
  }
}

TEST_CASE("earth may be away for less than 20 ms") {
  Bench bench;
  bench.in.earth_sense = false;
  bench.run(20);
  bench.in.earth_sense = true;
  bench.run(20);
  CHECK(bench.report().faults == 0);
  bench.in.earth_sense = false;
  bench.run(20);
  CHECK(bench.report().faults == 0);
  bench.run(1);
  CHECK(bench.faulted(FaultCode::EarthLost));
}

TEST_CASE("a contactor has 200 ms to open and 300 ms to close") {
  ContactorGuard guard;
  CHECK(ms_until([&](uint64_t now_us) {
          guard.tick(now_us, false, false, true);
          return guard.welded();
        }) == 200);
  CHECK_FALSE(guard.stuck_open());
  CHECK(ms_until([&](uint64_t now_us) {
          guard.tick(now_us, true, true, true);
          return guard.stuck_open();
        }) == 300);
  CHECK_FALSE(guard.welded());
}

TEST_CASE("a contactor that does what its coil says, or has no supply, is never a fault") {
  for (const bool coil : {false, true}) {
    for (const bool supplied : {false, true}) {
      ContactorGuard guard;
      for (uint64_t ms = 0; ms < 1000; ++ms) {
        guard.tick(kBeginUs + ms * kMs, coil, coil && !supplied ? true : !coil, supplied);
      }
      CHECK_FALSE(guard.welded());
      CHECK_FALSE(guard.stuck_open());
    }
  }
}

TEST_CASE("a contactor's time begins anew with each command of its coil") {
  ContactorGuard guard;
  for (uint64_t ms = 0; ms < 2000; ++ms) {
    // Always open: closed off and on faster than it can follow.
    guard.tick(kBeginUs + ms * kMs, (ms / 299) % 2 == 0, true, true);
    REQUIRE_FALSE(guard.stuck_open());
    REQUIRE_FALSE(guard.welded());
  }
}

TEST_CASE("sensors may be blind for 30 ms, and for 200 ms after a reset") {
  Inputs in = good_inputs();
  in.temperature_valid = false;
  Sensors sensors(0);
  const auto lost = [&](uint64_t now_us) {
    sensors.tick(now_us, in, PilotMode::Pwm, true, true, true);
    return sensors.lost();
  };
  CHECK(ms_until(lost) == 30);
  Sensors fresh(kBeginUs);
  CHECK(ms_until([&](uint64_t now_us) {
          fresh.tick(now_us, in, PilotMode::Pwm, true, true, true);
          CHECK_FALSE(fresh.good());
          return fresh.lost();
        }) == 230);
}

TEST_CASE("what sensors have to say depends on what there is to see") {
  using M = PilotMode;
  const auto good = [](const Inputs& in, M mode, bool with_pilot, bool cycles, bool supplied) {
    Sensors sensors(0);
    sensors.tick(kBeginUs, in, mode, with_pilot, cycles, supplied);
    return sensors.good();
  };
  Inputs in = good_inputs();
  CHECK(good(in, M::Pwm, true, true, true));
  in.pilot_age_us = 20000;
  CHECK(good(in, M::Pwm, true, true, true));
  in.pilot_age_us = 20001;
  CHECK_FALSE(good(in, M::Pwm, true, true, true));
  CHECK(good(in, M::Pwm, false, true, true));
  in = good_inputs();
  in.pilot_n_high = 0;
  CHECK_FALSE(good(in, M::Pwm, true, true, true));
  CHECK_FALSE(good(in, M::SteadyPositive, true, true, true));
  CHECK(good(in, M::SteadyNegative, true, true, true));
  in = good_inputs();
  in.pilot_n_low = 0;
  CHECK_FALSE(good(in, M::Pwm, true, true, true));
  CHECK_FALSE(good(in, M::SteadyNegative, true, true, true));
  CHECK(good(in, M::SteadyPositive, true, true, true));
  in = good_inputs();
  CHECK_FALSE(good(in, M::Pwm, true, false, true));
  CHECK(good(in, M::Pwm, true, false, false));
  in.temperature_valid = false;
  CHECK_FALSE(good(in, M::Pwm, true, true, true));
}

TEST_CASE("a lock has a second to go home, each time") {
  Lock lock(true);
  CHECK(ms_until([&](uint64_t now_us) {
          lock.tick(now_us, true, false, false);
          CHECK_FALSE(lock.home());
          return lock.failed();
        }) == 1000);
  lock.tick(kBeginUs, true, false, true);
  CHECK(lock.home());
  CHECK_FALSE(lock.failed());
  // It is not driven, and so not wanted home.
  lock.tick(kBeginUs, false, false, true);
  CHECK_FALSE(lock.home());
  for (uint64_t ms = 0; ms < 3000; ++ms) lock.tick(kBeginUs + ms * kMs, false, false, false);
  CHECK_FALSE(lock.failed());
  // A closed contactor keeps it.
  lock.tick(kBeginUs, false, true, true);
  CHECK(lock.driven());
}

TEST_CASE("without a lock nothing is driven, and nothing has to be home") {
  Lock none(false);
  for (uint64_t ms = 0; ms < 3000; ++ms) none.tick(kBeginUs + ms * kMs, true, true, false);
  CHECK_FALSE(none.driven());
  CHECK(none.home());
  CHECK_FALSE(none.failed());
}

TEST_CASE("after a stop +12 V stands for 3010 ms") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.command.permitted = false;
  bench.run(1);
  REQUIRE(bench.out().pilot_mode == PilotMode::SteadyPositive);
  const uint64_t steady_us = bench.now_us;
  bench.run(100);
  bench.command.permitted = true;
  bench.until([&] { return bench.out().pilot_mode == PilotMode::Pwm; }, 5000);
  CHECK(bench.now_us - steady_us == 3010 * kMs);
}

TEST_CASE("a soft stop opens below 1 A, or after 6500 ms") {
  Bench bench;
  bench.charge();
  SUBCASE("below") {
    bench.draw(999);
    bench.run(100);
    bench.command.permitted = false;
    bench.run(1);
    CHECK(!bench.out().contactor_main);
  }
  SUBCASE("not below") {
    bench.draw(1000);
    bench.run(100);
    bench.command.permitted = false;
    bench.run(1);
    CHECK(bench.until([&] { return !bench.out().contactor_main; }, 7000) == 6500);
  }
}

TEST_CASE("state D closes 500 ms after the ventilation") {
  Bench bench(ventilated());
  bench.plug(PilotState::D);
  bench.run(100);
  bench.permit();
  bench.until([&] { return bench.out().ventilation; }, 10);
  // What was driven is seen in the next tick.
  CHECK(bench.until_phase(Phase::Charging) == 501);
}

TEST_CASE("no more is offered than the standard knows, whatever a charger is rated") {
  Hardware hardware;
  hardware.rating_ma = 99000;
  Bench bench(hardware);
  bench.plug();
  bench.permit(99000);
  bench.until_phase(Phase::Offering);
  CHECK(bench.report().offered_ma == 80000);
  CHECK(bench.out().pilot_duty_ppm == 960000);
}

TEST_CASE("6 A is the least that is offered") {
  Bench bench;
  bench.plug();
  bench.permit(5999);
  bench.run(1000);
  CHECK(bench.phase() == Phase::Plugged);
  bench.permit(6000);
  bench.run(1);
  CHECK(bench.report().offered_ma == 6000);
}

TEST_CASE("a register is saved eight seconds after the last time, once it has moved") {
  Bench bench;
  bench.charge();
  const auto saves = [&] {
    const uint32_t before = bench.controller.memory_revision();
    return bench.until([&] { return bench.controller.memory_revision() != before; }, 20000);
  };
  saves();
  CHECK(saves() == 8000);
  bench.run(1000);
  bench.draw(0);
  saves();
  const uint32_t revision = bench.controller.memory_revision();
  bench.run(20000);
  CHECK(bench.controller.memory_revision() == revision);
}
