// A reset of the controller alone: the circuit, the vehicle and what was commanded are still there.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a stop outlives a reset: a vehicle that has not been looked at is not gone") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.in.button_stop = true;
  bench.run(10);
  bench.in.button_stop = false;
  bench.controller.reset(bench.now_us, Memory());
  bench.run(10000);
  CHECK(bench.phase() == Phase::Plugged);
}

TEST_CASE("after a reset +12 V stands for 3010 ms, as nobody knows what the vehicle has seen") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.controller.reset(bench.now_us, Memory());
  CHECK(bench.until([&] { return bench.out().pilot_mode == PilotMode::Pwm; }, 5000) == 3010);
}
