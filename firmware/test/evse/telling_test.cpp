// What the charging process says of itself.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a vehicle asks for energy in C and in D, and not in B") {
  Bench bench(ventilated());
  for (const PilotState state : {PilotState::B, PilotState::C, PilotState::D}) {
    bench.plug(state);
    bench.run(50);
    CHECK(bench.report().state == state);
    CHECK(bench.report().vehicle_ready == (state != PilotState::B));
  }
}

TEST_CASE("only a socket's lock that is fitted is told as home") {
  for (const Kind kind : {Kind::Tethered, Kind::Socket}) {
    for (const bool fitted : {false, true}) {
      Hardware hardware;
      hardware.kind = kind;
      hardware.lock = fitted;
      Bench bench(hardware);
      bench.in.proximity_mv = kCable32Mv;
      bench.lock_stuck = true;
      bench.in.lock_feedback = true;
      bench.run(10);
      CHECK(bench.report().locked == (kind == Kind::Socket && fitted));
    }
  }
}

TEST_CASE("a plain socket offers what it may give while it is closed") {
  Bench bench(plain_socket());
  bench.permit(10000);
  bench.until_phase(Phase::Charging, 2000);
  CHECK(bench.report().offered_ma == 10000);
}

TEST_CASE("the mains frequency is told, and none where none is measured") {
  Bench bench;
  CHECK(bench.report().frequency_mhz == 50000);
  for (const int32_t mhz : {1, 0, -1}) {
    bench.in.frequency_mhz = mhz;
    bench.run(1);
    CHECK(bench.report().frequency_mhz == (mhz > 0 ? 1 : 0));
  }
}
