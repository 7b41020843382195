// Meter values: sampled, on the clock's grid, at the ends of a transaction (OCPP 1.6 3.16, 4.7).
#include <doctest/doctest.h>

#include <numeric>

#include "rig.h"

using bench::Rig;

namespace {

void set(Rig& rig, const std::string& key, const std::string& value) {
  REQUIRE(rig.call("ChangeConfiguration", "{\"key\":\"" + key + "\",\"value\":\"" + value +
                                              "\"}") == "{\"status\":\"Accepted\"}");
}

int occurrences(const bench::Sent& sent, const std::string& part) {
  int found = 0;
  for (size_t at = sent.payload.find(part); at != std::string::npos;
       at = sent.payload.find(part, at + 1)) {
    ++found;
  }
  return found;
}

// The values of StopTransaction's transactionData, of one measurand each.
std::vector<int> values(const bench::Sent& stop) {
  const std::string key = "\"value\":\"";
  std::vector<int> found;
  for (size_t at = stop.payload.find(key); at != std::string::npos;
       at = stop.payload.find(key, at + 1)) {
    found.push_back(std::stoi(stop.payload.substr(at + key.size())));
  }
  return found;
}

}  // namespace

TEST_CASE("Sampled values come one interval after the start, and end with the transaction") {
  Rig rig;
  rig.boot();
  set(rig, "MeterValueSampleInterval", "20");
  rig.plug();
  rig.tag("FRIEND");
  rig.run(19);
  CHECK(rig.count("MeterValues") == 0);
  rig.run(42);
  CHECK(rig.count("MeterValues") == 3);
  CHECK(rig.last("MeterValues").has("Sample.Periodic"));
  CHECK(rig.last("MeterValues").has("\"transactionId\":1001"));
  rig.tag("FRIEND");
  rig.run(60);
  CHECK(rig.count("MeterValues") == 3);
}

TEST_CASE("A value that exists per phase is told for each, unless the item names one") {
  Rig rig;
  rig.boot();
  set(rig, "MeterValuesSampledData", "Voltage,Current.Import.L2,Power.Active.Import,Temperature");
  rig.plug();
  rig.tag("FRIEND");
  rig.run(61);
  const bench::Sent sent = rig.last("MeterValues");
  CHECK(occurrences(sent, "\"measurand\":\"Voltage\"") == 3);
  CHECK(occurrences(sent, "\"measurand\":\"Current.Import\"") == 1);
  CHECK(sent.has("\"value\":\"32.00\",\"context\":\"Sample.Periodic\",\"measurand\":"
                 "\"Current.Import\",\"phase\":\"L2\""));
  CHECK(occurrences(sent, "\"measurand\":\"Power.Active.Import\"") == 4);
  CHECK(sent.has("\"value\":\"22080.0\""));
  CHECK(sent.has("\"value\":\"25.0\""));
}

TEST_CASE("Every measurand of a three-phase charger fits into one frame") {
  Rig rig;
  rig.boot();
  set(rig, "MeterValuesSampledData",
      "Energy.Active.Import.Register,Energy.Active.Import.Interval,Power.Active.Import,"
      "Power.Factor,Power.Offered,Current.Import,Voltage,Current.Offered,Frequency,Temperature");
  rig.plug();
  rig.tag("FRIEND");
  rig.use(250);
  rig.run(61);
  const bench::Sent sent = rig.last("MeterValues");
  CHECK(occurrences(sent, "\"measurand\"") == 20);
  CHECK(sent.has("\"value\":\"250\""));
  CHECK(sent.has("\"value\":\"50.00\""));
  CHECK(sent.has("\"value\":\"1.000\""));
}

TEST_CASE("Clock-aligned values stand on the grid since midnight, in and out of transactions") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  set(rig, "ClockAlignedDataInterval", "900");
  rig.plug(1);
  rig.tag("FRIEND", 1);
  rig.forget();
  rig.run(100);  // it was 14:13:20
  const auto sent = rig.all("MeterValues");
  REQUIRE(sent.size() == 3);  // one of the sampled ones
  int aligned = 0;
  for (const bench::Sent& each : sent) {
    if (!each.has("Sample.Clock")) continue;
    ++aligned;
    CHECK(each.has("\"timestamp\":\"2026-09-21T14:15:00.000Z\""));
    CHECK(each.has("transactionId") == each.has("\"connectorId\":1"));
  }
  CHECK(aligned == 2);
}

TEST_CASE("StopTransaction carries begin and end, and what was sampled between") {
  Rig rig;
  rig.boot();
  set(rig, "StopTxnSampledData", "Energy.Active.Import.Register");
  rig.plug();
  rig.tag("FRIEND");
  for (int i = 0; i < 3; ++i) {
    rig.use(100);
    rig.run(61);
  }
  rig.tag("FRIEND");
  const bench::Sent stop = rig.last("StopTransaction");
  CHECK(occurrences(stop, "Sample.Periodic") == 3);
  CHECK(stop.payload.find("Transaction.Begin") < stop.payload.find("Sample.Periodic"));
  CHECK(stop.payload.rfind("Sample.Periodic") < stop.payload.find("Transaction.End"));
  CHECK(stop.has("\"value\":\"1300\",\"context\":\"Transaction.End\""));
}

TEST_CASE("The energies of the intervals of a transaction add up to what it used") {
  for (const std::string kind : {"Sampled", "Aligned"}) {
    CAPTURE(kind);
    Rig rig;
    rig.boot();
    set(rig, "MeterValueSampleInterval", kind == "Sampled" ? "60" : "0");
    set(rig, "ClockAlignedDataInterval", kind == "Aligned" ? "60" : "0");
    set(rig, "StopTxn" + kind + "Data", "Energy.Active.Import.Interval");
    for (int transaction = 0; transaction < 2; ++transaction) {
      rig.plug();
      rig.use(7);  // of nobody
      rig.tag("FRIEND");
      for (int i = 0; i < 3; ++i) {
        rig.use(100);
        rig.run(50);
      }
      rig.use(11);
      rig.tag("FRIEND");
      const std::vector<int> steps_wh = values(rig.last("StopTransaction"));
      CHECK(steps_wh.size() >= 4);
      CHECK(steps_wh.front() == 0);
      CHECK(std::accumulate(steps_wh.begin(), steps_wh.end(), 0) == 311);
      rig.unplug();
      rig.run(70);
    }
  }
}

TEST_CASE("The register of a charger that had no power is no interval's energy") {
  Rig rig;
  rig.boot();
  set(rig, "StopTxnSampledData", "Energy.Active.Import.Interval");
  rig.plug();
  rig.tag("FRIEND");
  rig.use(300);
  rig.run(61);
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  const bench::Sent stop = after.last("StopTransaction");
  CHECK(stop.has("PowerLoss"));
  CHECK(values(stop) == std::vector<int>{0, 300, 0});
}

TEST_CASE("transactionData that is larger than a frame is thinned, its ends stay, and it is told") {
  Rig rig;
  rig.boot();
  set(rig, "StopTxnSampledData",
      "Energy.Active.Import.Register,Energy.Active.Import.Interval,Power.Active.Import,"
      "Power.Factor,Power.Offered,Current.Import,Voltage");
  set(rig, "MeterValueSampleInterval", "10");
  rig.plug();
  rig.tag("FRIEND");
  rig.run(200);
  rig.tag("FRIEND");
  rig.run(1);
  const bench::Sent stop = rig.last("StopTransaction");
  CHECK(stop.has("Transaction.Begin"));
  CHECK(stop.has("Transaction.End"));
  CHECK(rig.log.has("transactionData is thinned"));
  CHECK(rig.log.has("left out of transactionData"));
}

TEST_CASE("Another interval is in force at once; 0 switches off") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  set(rig, "MeterValueSampleInterval", "5");
  rig.run(11);
  CHECK(rig.count("MeterValues") == 2);
  set(rig, "MeterValueSampleInterval", "0");
  rig.run(500);
  CHECK(rig.count("MeterValues") == 2);
}

TEST_CASE("A single-phase charger tells of one phase") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.hardware[0].phases = 1;
  Rig rig(settings);
  rig.boot();
  set(rig, "MeterValuesSampledData", "Voltage,Power.Active.Import");
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"MeterValues\"}") ==
        "{\"status\":\"Accepted\"}");
  const bench::Sent sent = rig.last("MeterValues");
  CHECK(occurrences(sent, "\"measurand\"") == 2);
  CHECK(sent.has("\"phase\":\"L1-N\""));
  CHECK(!sent.has("transactionId"));
}
