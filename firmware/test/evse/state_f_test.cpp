// State F: nothing can be read of the vehicle, and nobody knows who comes and goes.
#include "bench.h"

using namespace evse;
using namespace evse::test;

namespace {

void take_out_of_service(Bench& bench) {
  bench.command.available = false;
  bench.until_phase(Phase::Unavailable, 7000);
  bench.run(100);
  REQUIRE(bench.out().pilot_mode == PilotMode::SteadyNegative);
}

void press_stop(Bench& bench) {
  bench.in.button_stop = true;
  bench.run(10);
  bench.in.button_stop = false;
  bench.run(10);
}

}  // namespace

TEST_CASE("a stop in state F lets go of a cable that waits for its vehicle") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.permit();
  take_out_of_service(bench);
  bench.run(1000);
  REQUIRE(bench.out().lock);
  press_stop(bench);
  CHECK_FALSE(bench.out().lock);
}

TEST_CASE("whoever is plugged in and stops in state F is not charged after it") {
  Bench bench;
  bench.permit();
  take_out_of_service(bench);
  bench.plug(PilotState::C);
  press_stop(bench);
  bench.command.available = true;
  bench.run(10000);
  CHECK(bench.phase() == Phase::Plugged);
}

TEST_CASE("a cable that is pulled with its vehicle in state F is no cable that nobody makes") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.charge();
  bench.draw(0);
  take_out_of_service(bench);
  bench.vehicle = PilotState::A;
  bench.in.proximity_mv = 3300;
  bench.run(1000);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("state F lasts 310 ms, however long the stop before it has taken") {
  Bench bench;
  bench.charge();
  bench.command.available = false;
  CHECK(bench.until_phase(Phase::Unavailable, 7000) > 6000);
  bench.command.available = true;
  CHECK(bench.until([&] { return bench.out().pilot_mode != PilotMode::SteadyNegative; }, 400) ==
        310);
}

TEST_CASE("out of service is state F also while a fault stands, and ends before it") {
  Bench bench;
  bench.charge();
  bench.leaks = true;
  bench.run(400);
  bench.draw(0);
  REQUIRE(bench.phase() == Phase::Faulted);
  REQUIRE(bench.out().pilot_mode == PilotMode::SteadyPositive);
  bench.command.available = false;
  bench.run(1);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  bench.run(1000);
  CHECK(bench.phase() == Phase::Faulted);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  bench.command.available = true;
  bench.run(1);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
}
