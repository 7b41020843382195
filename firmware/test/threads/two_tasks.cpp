// The control task and the business task side by side, as on the two cores of a board. On a board
// they exchange command and report under a lock; here nothing puts one before the other, so that
// ThreadSanitizer tells of whatever else they share: a static variable, a table filled at its first
// use.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <thread>

#include "charger/charger.h"
#include "chip/plant.h"
#include "rig.h"

namespace {

constexpr int kSessions = 3;

// Charges a waiting vehicle for half a minute, some times, and returns what its register says.
int64_t control() {
  bench::Fram fram;
  evse::Charger charger(fram, evse::Hardware(), 0);
  evse::chip::Plant plant;
  plant.vehicle(evse::chip::Plant::Vehicle::Ready);
  evse::Command command;
  command.limit_ma = 16000;
  evse::Inputs in;
  charger.boot(0, 0);
  for (uint64_t ms = 1; ms <= kSessions * 60000; ++ms) {
    command.permitted = ms % 60000 >= 30000;
    charger.command(command);
    plant.tick(charger.tick(ms * 1000, in), in);
    charger.keep(ms * 1000);
  }
  return charger.controller().report().energy_mwh;
}

// As many transactions, and returns how many were told to their end.
int business() {
  bench::Rig rig;
  rig.boot();
  rig.plug();
  for (int session = 0; session < kSessions; ++session) {
    rig.tag("FRIEND");
    rig.use(100);
    rig.run(70);
    rig.tag("FRIEND");
    rig.run(1);
  }
  return rig.count("StopTransaction");
}

}  // namespace

TEST_CASE("control and business share nothing") {
  int64_t energy_mwh = 0;
  std::thread task([&] { energy_mwh = control(); });
  const int stopped = business();
  task.join();
  CHECK(energy_mwh > kSessions * 50000);
  CHECK(stopped == kSessions);
}
