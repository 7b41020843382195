// The journal as a queue: order, retries, what becomes of it when it is full (OCPP 1.6 3.7.1).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

void set(Rig& rig, const std::string& key, const std::string& value) {
  rig.call("ChangeConfiguration", "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
}

void offline(Rig& rig) {
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
}

std::string actions(const Rig& rig) {
  std::string found;
  for (const bench::Sent& each : rig.seen) {
    if (each.action == "StartTransaction") found += "S";
    if (each.action == "MeterValues") found += "m";
    if (each.action == "StopTransaction") found += "E";
  }
  return found;
}

}  // namespace

TEST_CASE("What happens offline is told in the order of time, with the numbers that come") {
  Rig rig;
  rig.boot();
  set(rig, "AllowOfflineTxForUnknownId", "true");
  offline(rig);
  rig.forget();
  for (int i = 0; i < 2; ++i) {
    rig.plug();
    rig.tag("FRIEND");
    rig.run(130);
    rig.use(500);
    rig.tag("FRIEND");
    rig.unplug();
  }
  rig.transport.network = true;
  rig.run(300);
  CHECK(actions(rig) == "SmmESmmE");
  CHECK(rig.all("MeterValues")[0].has("\"transactionId\":1001"));
  CHECK(rig.all("StopTransaction")[1].has("\"transactionId\":1002"));
  CHECK(rig.client->charge_point().journal.waiting() == 0);
}

TEST_CASE("A CALLERROR counts as an attempt: 60 s, 120 s, then it is given up (9.1.27)") {
  Rig rig;
  rig.boot();
  rig.refuse_action = "StartTransaction";
  rig.plug();
  rig.tag("FRIEND");
  rig.run(59);
  CHECK(rig.count("StartTransaction") == 1);
  rig.run(2);
  CHECK(rig.count("StartTransaction") == 2);
  rig.run(118);
  CHECK(rig.count("StartTransaction") == 2);
  rig.run(3);
  CHECK(rig.count("StartTransaction") == 3);
  rig.tag("FRIEND");
  rig.run(5);
  CHECK(rig.last("StopTransaction").has("\"transactionId\":-1"));
  CHECK(rig.log.has("given up after 3 tries"));
}

TEST_CASE("A closed socket is no failed attempt") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.answering = false;
  rig.tag("FRIEND");
  rig.answering = true;
  for (int i = 0; i < 6; ++i) {
    rig.transport.close();
    rig.run(10);
    rig.answering = false;
    rig.run(1);
  }
  rig.answering = true;
  rig.transport.close();
  rig.run(600);
  rig.tag("FRIEND");
  rig.run(5);
  CHECK(rig.count("StopTransaction") <= 1);
  CHECK(!rig.log.has("given up"));
}

TEST_CASE("The time that attempts and the queue take survives a power cut") {
  Rig rig;
  rig.boot();
  rig.refuse_action = "StartTransaction";
  rig.plug();
  rig.tag("FRIEND");
  rig.run(61);
  CHECK(rig.count("StartTransaction") == 2);
  Rig after(Rig::defaults(), &rig.fram);
  after.refuse_action = "StartTransaction";
  after.boot();
  after.run(5);
  CHECK(after.count("StartTransaction") == 1);
  CHECK(after.last("StopTransaction").has("\"transactionId\":-1"));
  CHECK(after.last("StopTransaction").has("PowerLoss"));
}

TEST_CASE("A full journal drops meter values, and loses no transaction") {
  Rig rig;
  rig.boot();
  set(rig, "MeterValueSampleInterval", "1");
  set(rig, "AllowOfflineTxForUnknownId", "true");
  offline(rig);
  rig.forget();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(400);
  CHECK(rig.log.has("a meter value is dropped"));
  rig.use(4000);
  rig.tag("FRIEND");
  rig.unplug();
  rig.plug();
  rig.tag("OTHER");
  CHECK(rig.log.has("no transaction: the journal is full"));
  CHECK(!rig.client->command(1).permitted);
  rig.unplug();
  rig.transport.network = true;
  rig.run(400);
  const std::string told = actions(rig);
  CHECK(told.front() == 'S');
  CHECK(told.back() == 'E');
  CHECK(told.size() > 100);
  CHECK(rig.last("StopTransaction").has("\"meterStop\":5000"));
}

TEST_CASE("A transaction of a day beside short ones goes round the journal many times") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  set(rig, "StopTxnSampledData", "Energy.Active.Import.Register");
  rig.plug(1);
  rig.tag("LONG", 1);
  for (int i = 0; i < 60; ++i) {
    rig.plug(2);
    rig.tag("SHORT", 2);
    rig.run(610);
    rig.use(100, 2);
    rig.tag("SHORT", 2);
    rig.unplug(2);
  }
  const auto stops = rig.all("StopTransaction");
  REQUIRE(stops.size() == 60);
  CHECK(stops.back().has("\"transactionId\":1061"));
  rig.use(9000, 1);
  rig.tag("LONG", 1);
  rig.run(2);
  const bench::Sent stop = rig.last("StopTransaction");
  CHECK(stop.has("\"transactionId\":1001,\"idTag\":\"LONG\",\"meterStop\":10000"));
  CHECK(stop.has("Transaction.Begin"));
  CHECK(stop.has("Transaction.End"));
  CHECK(!rig.log.has("dropped"));
}
