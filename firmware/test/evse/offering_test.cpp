// What an offer waits for, and what goes on while a vehicle thinks about it.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a socket offers nothing before its lock is home") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.lock_stuck = true;
  bench.plug(PilotState::C);
  bench.permit();
  bench.run(900);
  CHECK(bench.out().lock);
  CHECK(bench.phase() == Phase::Plugged);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
}

TEST_CASE("a charger with ventilation wakes a sleeping vehicle like any other") {
  Bench bench(ventilated());
  bench.plug();
  bench.permit();
  bench.until_phase(Phase::Offering);
  CHECK(bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyPositive; }, 40000) >=
        30000);
}

TEST_CASE("a vehicle that is unplugged while it is being woken is gone at once") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.until_phase(Phase::Offering);
  bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyPositive; }, 40000);
  bench.run(1000);
  bench.vehicle = PilotState::A;
  bench.until_phase(Phase::Idle, 50);
}

TEST_CASE("state F that is to wake a vehicle is told as what it is") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.until_phase(Phase::Offering);
  bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyNegative; }, 40000);
  bench.run(1000);
  CHECK(bench.report().state == PilotState::F);
  CHECK(bench.phase() == Phase::Offering);
  CHECK(bench.report().plugged);
}

TEST_CASE("a vehicle that asks within a minute of a self-test gets energy without another one") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.until_phase(Phase::Offering);
  bench.run(50000);
  bench.vehicle = PilotState::C;
  bench.until(
      [&] {
        REQUIRE_FALSE(bench.out().residual_test);
        return bench.out().contactor_main;
      },
      100);
}

TEST_CASE("a vehicle that comes while the test of the one before is broken off has its own") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.until([&] { return bench.out().residual_test; }, 200);
  bench.vehicle = PilotState::A;
  bench.until_phase(Phase::Idle, 50);
  REQUIRE_FALSE(bench.out().residual_test);
  bench.vehicle = PilotState::B;
  bench.until_phase(Phase::Offering, 50);
  CHECK(bench.until([&] { return bench.out().residual_test; }, 500) > 0);
}

TEST_CASE("a vehicle that hesitates during the self-test closes on it, and is tested no further") {
  Bench bench;
  bench.monitor_dead = true;  // it trips when we say
  bench.plug(PilotState::C);
  bench.permit();
  bench.until([&] { return bench.out().residual_test; }, 200);
  bench.vehicle = PilotState::B;
  bench.until_phase(Phase::Offering, 50);
  bench.vehicle = PilotState::C;
  bench.until_phase(Phase::Testing, 50);
  bench.leaks = true;
  bench.run(1);
  bench.leaks = false;
  bench.run(1);
  CHECK(bench.out().contactor_main);
  for (int ms = 0; ms < 200; ++ms) {
    CHECK_FALSE(bench.out().residual_test);
    bench.run(1);
  }
}
