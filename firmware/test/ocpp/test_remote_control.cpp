// What the central system does at a distance (OCPP 1.6 5.2, 5.11, 5.12, 5.14, 5.17, 5.18).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";
constexpr char kRejected[] = "{\"status\":\"Rejected\"}";

evse::ocpp::Settings socket() {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.hardware[0].kind = evse::Kind::Socket;
  settings.hardware[0].lock = true;
  return settings;
}

void begin(Rig& rig) {
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(1);
}

}  // namespace

TEST_CASE("A remote start waits for its vehicle; its time runs out (TC_010 and on)") {
  Rig rig;
  rig.boot();
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\",\"connectorId\":1}") == kAccepted);
  CHECK(rig.count("Authorize") == 1);
  CHECK(rig.statuses() == "Available Preparing");
  rig.run(61);
  CHECK(rig.statuses() == "Available Preparing Available");
  rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\"}");
  rig.plug();
  CHECK(rig.count("StartTransaction") == 1);
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\"}") == kRejected);
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\",\"connectorId\":7}") == kRejected);
}

TEST_CASE("A remote stop ends the transaction of that number") {
  Rig rig;
  begin(rig);
  CHECK(rig.call("RemoteStopTransaction", "{\"transactionId\":77}") == kRejected);
  CHECK(rig.call("RemoteStopTransaction", "{\"transactionId\":1001}") == kAccepted);
  CHECK(rig.last("StopTransaction").has("\"reason\":\"Remote\""));
  CHECK(rig.last("StatusNotification").has("Finishing"));
}

TEST_CASE("A remote start without a connector takes the one with a vehicle") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  rig.plug(2);
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\"}") == kAccepted);
  CHECK(rig.last("StartTransaction").has("\"connectorId\":2"));
}

TEST_CASE("ChangeAvailability: at once, or when the transaction ends; kept over a restart") {
  Rig rig;
  rig.boot();
  const std::string off = "{\"connectorId\":1,\"type\":\"Inoperative\"}";
  CHECK(rig.call("ChangeAvailability", "{\"connectorId\":9,\"type\":\"Operative\"}") == kRejected);
  CHECK(rig.call("ChangeAvailability", off) == kAccepted);
  CHECK(!rig.client->command(1).available);
  CHECK(rig.call("ChangeAvailability", off) == kAccepted);
  CHECK(rig.statuses() == "Available Unavailable");
  rig.call("ChangeAvailability", "{\"connectorId\":1,\"type\":\"Operative\"}");
  rig.plug();
  rig.tag("FRIEND");
  CHECK(rig.call("ChangeAvailability", "{\"connectorId\":0,\"type\":\"Inoperative\"}") ==
        "{\"status\":\"Scheduled\"}");
  CHECK(rig.statuses(0) == "Available Unavailable");
  CHECK(rig.client->command(1).available);
  rig.tag("FRIEND");
  CHECK(!rig.client->command(1).available);
  CHECK(rig.last("StatusNotification").has("Unavailable"));
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  CHECK(after.statuses(0) == "Unavailable");
  CHECK(after.statuses(1) == "Unavailable");
  after.tag("FRIEND");
  CHECK(after.count("Authorize") == 0);
}

TEST_CASE("Preparing goes to Unavailable by way of Available") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.call("ChangeAvailability", "{\"connectorId\":1,\"type\":\"Inoperative\"}");
  CHECK(rig.statuses() == "Available Preparing Available Unavailable");
}

TEST_CASE("A soft reset ends transactions and tells them first (TC_014)") {
  Rig rig;
  begin(rig);
  CHECK(rig.call("Reset", "{\"type\":\"Soft\"}") == kAccepted);
  CHECK(rig.call("Reset", "{\"type\":\"Hard\"}") == kRejected);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
  rig.run(2);
  CHECK(rig.last("StopTransaction").has("\"reason\":\"SoftReset\""));
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::Soft);
}

TEST_CASE("A soft reset waits for what cannot be told no longer than 30 s") {
  Rig rig;
  begin(rig);
  rig.answering = false;
  rig.call("Reset", "{\"type\":\"Soft\"}");
  rig.run(25);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
  rig.run(6);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::Soft);
}

TEST_CASE("A hard reset restarts at once; its transaction ends with the next boot (TC_015)") {
  Rig rig;
  begin(rig);
  CHECK(rig.call("Reset", "{\"type\":\"Hard\"}") == kAccepted);
  rig.run(1);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::Hard);
  CHECK(rig.count("StopTransaction") == 0);
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  CHECK(after.last("StopTransaction").has("\"reason\":\"HardReset\""));
  CHECK(after.last("StopTransaction").has("\"transactionId\":1001"));
  Rig later(Rig::defaults(), &after.fram);
  later.boot();
  CHECK(later.count("StopTransaction") == 0);
}

TEST_CASE("UnlockConnector: a fixed cable cannot, a socket does, a jammed lock does not") {
  Rig tethered;
  tethered.boot();
  CHECK(tethered.call("UnlockConnector", "{\"connectorId\":1}") ==
        "{\"status\":\"NotSupported\"}");
  Rig rig(socket());
  begin(rig);
  rig.forget();
  rig.call("UnlockConnector", "{\"connectorId\":1}");
  CHECK(rig.client->command(1).unlock_count == 1);
  CHECK(rig.count("StopTransaction") == 0);  // the answer comes first
  rig.report[0].locked = false;
  rig.settle();
  CHECK(rig.seen.front().type == 3);
  CHECK(rig.seen.front().payload == "{\"status\":\"Unlocked\"}");
  CHECK(rig.last("StopTransaction").has("UnlockCommand"));
  Rig jammed(socket());
  jammed.boot();
  jammed.plug();
  jammed.forget();
  jammed.call("UnlockConnector", "{\"connectorId\":1}");
  CHECK(jammed.call("UnlockConnector", "{\"connectorId\":1}") ==
        "{\"status\":\"UnlockFailed\"}");
  jammed.run(6);
  CHECK(jammed.seen.back().payload == "{\"status\":\"UnlockFailed\"}");
}

TEST_CASE("An unlock that is over after the socket has gone is not answered in the next one") {
  Rig rig(socket());
  rig.boot();
  rig.plug();
  rig.call("UnlockConnector", "{\"connectorId\":1}");
  rig.transport.close();
  rig.run(3);
  rig.forget();
  rig.run(10);
  for (const bench::Sent& each : rig.seen) CHECK(each.type == 2);
  rig.unplug();
  CHECK(rig.last("StatusNotification").has("Available"));
}

TEST_CASE("TriggerMessage: the answer, then the message; what there is none of is NotImplemented") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  rig.forget();
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"Heartbeat\"}") == kAccepted);
  CHECK(rig.seen[0].type == 3);
  CHECK(rig.seen[1].action == "Heartbeat");
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"BootNotification\"}") == kRejected);
  CHECK(rig.call("TriggerMessage",
                 "{\"requestedMessage\":\"StatusNotification\",\"connectorId\":2}") == kAccepted);
  CHECK(rig.count("StatusNotification") == 1);
  CHECK(rig.call("TriggerMessage",
                 "{\"requestedMessage\":\"MeterValues\",\"connectorId\":0}") == kRejected);
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"MeterValues\"}") == kAccepted);
  CHECK(rig.count("MeterValues") == 2);
  CHECK(rig.last("MeterValues").has("\"context\":\"Trigger\""));
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"FirmwareStatusNotification\"}") ==
        "{\"status\":\"NotImplemented\"}");
}

TEST_CASE("DataTransfer of an unknown vendor has the wire's spelling") {
  Rig rig;
  rig.boot();
  CHECK(rig.call("DataTransfer", "{\"vendorId\":\"somebody\"}") ==
        "{\"status\":\"UnknownVendorId\"}");
}
