// The power goes at every byte that is written of a session: no finished transaction is lost and
// none is doubled, and no energy is gained.
#include <doctest/doctest.h>

#include <stdlib.h>

#include <set>

#include "rig.h"

using bench::Rig;

namespace {

evse::ocpp::Settings settings() {
  static const evse::ocpp::FactoryValue factory[] = {
      {"StopTxnSampledData", "Energy.Active.Import.Register"},
      {"MeterValueSampleInterval", "10"},
      {"AllowOfflineTxForUnknownId", "true"}};
  evse::ocpp::Settings made = Rig::defaults();
  made.factory = factory;
  made.factory_count = 3;
  return made;
}

// Two sessions, the first online, the second offline and told afterwards. It goes no further than
// the power: what is done is what the people saw.
struct Seen {
  int started = 0;  // permissions that were given
  int stopped = 0;  // transactions whose end was written
  std::set<std::string> told;  // messages whose answer was taken while there was power
};

std::string stamp(const bench::Sent& sent) {
  const size_t at = sent.payload.find("\"timestamp\":\"");
  return sent.payload.substr(at + 13, 24);
}

std::set<std::string> told(const Rig& rig) {
  std::set<std::string> found;
  for (const char* action : {"StartTransaction", "MeterValues", "StopTransaction"}) {
    for (const bench::Sent& each : rig.all(action)) found.insert(action + stamp(each));
  }
  return found;
}

Seen sessions(Rig& rig) {
  Seen seen;
  const auto dead = [&](const Rig& now) {
    if (!now.fram.is_dead()) seen.told = told(now);
    return now.fram.is_dead();
  };
  const auto session = [&] {
    rig.plug();
    if (dead(rig)) return false;
    rig.tag("FRIEND");
    if (dead(rig)) return false;
    seen.started += rig.client->command(1).permitted ? 1 : 0;
    for (int i = 0; i < 3; ++i) {
      rig.use(100);
      if (dead(rig)) return false;
      rig.run(11);
      if (dead(rig)) return false;
    }
    rig.tag("FRIEND");
    if (dead(rig)) return false;
    ++seen.stopped;
    rig.unplug();
    return !dead(rig);
  };
  rig.boot();
  if (dead(rig) || !session()) return seen;
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  if (!session()) return seen;
  rig.transport.network = true;
  rig.run(20);
  dead(rig);
  return seen;
}

// One number out of a payload.
int64_t number(const bench::Sent& sent, const std::string& name) {
  const size_t at = sent.payload.find("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::stoll(sent.payload.substr(at + name.size() + 3));
}

}  // namespace

TEST_CASE("A power cut at any byte loses no transaction, doubles none, and gains no energy") {
  Rig whole(settings());
  const Seen all = sessions(whole);
  REQUIRE(all.stopped == 2);
  REQUIRE(whole.count("StopTransaction") == 2);
  const int64_t total = whole.fram.written;
  REQUIRE(total > 1500);
  // Every byte takes a while; STRIDE=7 looks at every seventh.
  const char* stride = getenv("STRIDE");
  const int64_t step = stride == nullptr ? 1 : atoi(stride);
  REQUIRE(step > 0);
  for (int64_t cut = 0; cut < total; cut += step) {
    CAPTURE(cut);
    Rig before(settings());
    before.fram.cut_after = cut;
    const Seen seen = sessions(before);
    Rig after(settings(), &before.fram);
    after.clock.time_us = 5000000;
    after.clock.utc_us = bench::kUtc + 3600000000;
    // The register is what the process has kept of it: here all of it.
    after.report[0].energy_mwh = before.report[0].energy_mwh;
    after.next_transaction = 2001;
    after.boot();
    after.run(30);
    CHECK(after.client->charge_point().journal.waiting() == 0);

    // Every start once, but for an answer that was lost with the power: then it is the same one.
    std::set<std::string> starts;
    for (const Rig* rig : {&before, &after}) {
      for (const bench::Sent& each : rig->all("StartTransaction")) starts.insert(stamp(each));
    }
    std::set<std::string> stops;
    std::set<int64_t> numbers;
    for (const Rig* rig : {&before, &after}) {
      for (const bench::Sent& each : rig->all("StopTransaction")) {
        stops.insert(stamp(each));
        numbers.insert(number(each, "transactionId"));
        CHECK(number(each, "meterStop") <= before.report[0].energy_mwh / 1000);
        CHECK(number(each, "meterStop") >= 1000);
      }
    }
    CHECK(static_cast<int>(starts.size()) >= seen.started);
    CHECK(stops.size() == starts.size());
    CHECK(numbers.size() == starts.size());
    CHECK(static_cast<int>(stops.size()) >= seen.stopped);
    for (const std::string& each : told(after)) CHECK(seen.told.count(each) == 0);
  }
}

TEST_CASE("A memory that fails stops no energy from ending, and the end is told when it is back") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.fram.broken = true;
  rig.tag("FRIEND");
  CHECK(!rig.client->command(1).permitted);
  CHECK(rig.count("StopTransaction") == 0);
  rig.run(15);
  rig.fram.broken = false;
  rig.run(200);
  CHECK(rig.count("StopTransaction") == 1);
}

TEST_CASE("Memory full of anything is a charger without a past") {
  bench::Fram memory;
  uint32_t random = 1;
  for (uint8_t& byte : memory.bytes) {
    random = random * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(random >> 24);
  }
  Rig rig(Rig::defaults(2), &memory);
  rig.boot();
  CHECK(rig.statuses(1) == "Available");
  rig.plug();
  rig.tag("FRIEND");
  CHECK(rig.count("StartTransaction") == 1);
}

TEST_CASE("The register never goes back behind what was told of it") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.use(700);
  rig.run(61);
  Rig after(Rig::defaults(), &rig.fram);
  after.report[0].energy_mwh = 1400000;  // saved some seconds before the cut
  after.boot();
  CHECK(after.last("StopTransaction").has("\"meterStop\":1700"));
  CHECK(after.last("StopTransaction").has("PowerLoss"));
}

TEST_CASE("A power cut when the journal has gone round many times ends what ran, with its number") {
  evse::ocpp::Settings two = settings();
  two.connectors = 2;
  Rig rig(two);
  rig.boot();
  rig.plug(1);
  rig.tag("LONG", 1);
  for (int i = 0; i < 20; ++i) {
    rig.plug(2);
    rig.tag("SHORT", 2);
    rig.run(110);
    rig.tag("SHORT", 2);
    rig.unplug(2);
  }
  Rig after(two, &rig.fram);
  after.boot();
  after.run(1);
  REQUIRE(after.count("StopTransaction") == 1);
  const bench::Sent stop = after.last("StopTransaction");
  CHECK(stop.has("\"transactionId\":1001"));
  CHECK(stop.has("PowerLoss"));
  CHECK(stop.has("Transaction.Begin"));
}

TEST_CASE("A transaction whose end waits in a full journal is still told once after a power cut") {
  evse::ocpp::Settings two = settings();
  two.connectors = 2;
  Rig rig(two);
  rig.boot();
  rig.plug(1);
  rig.tag("FIRST", 1);
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  rig.tag("FIRST", 1);
  rig.unplug(1);
  rig.plug(2);
  rig.tag("SECOND", 2);
  rig.run(1600);
  CHECK(rig.log.has("a meter value is dropped"));
  Rig after(two, &rig.fram);
  after.next_transaction = 1002;
  after.boot();
  after.run(30);
  const auto stops = after.all("StopTransaction");
  REQUIRE(stops.size() == 2);
  CHECK(stops[0].has("\"transactionId\":1001,\"idTag\":\"FIRST\""));
  CHECK(stops[0].has("Local"));
  CHECK(stops[1].has("\"transactionId\":1002"));
  CHECK(after.count("StartTransaction") == 1);
}
