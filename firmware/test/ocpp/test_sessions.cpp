// Tags, plugs and transactions (OCPP 1.6 4.8 to 4.10, errata 3.17 to 3.20), and authorization (3.5).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

void set(Rig& rig, const std::string& key, const std::string& value) {
  REQUIRE(rig.call("ChangeConfiguration", "{\"key\":\"" + key + "\",\"value\":\"" + value +
                                              "\"}") == "{\"status\":\"Accepted\"}");
}

Rig& begun(Rig& rig) {
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(1);
  return rig;
}

evse::ocpp::Settings socket() {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.hardware[0].kind = evse::Kind::Socket;
  settings.hardware[0].lock = true;
  return settings;
}

}  // namespace

TEST_CASE("Plug first, then a tag: Preparing, Charging, and back to Available") {
  Rig rig;
  begun(rig);
  rig.use(1500);
  rig.run(5);
  rig.tag("friend");
  rig.run(1);
  rig.unplug();
  CHECK(rig.statuses() == "Available Preparing Charging Finishing Available");
  CHECK(rig.last("Authorize").payload == "{\"idTag\":\"FRIEND\"}");
  const bench::Sent start = rig.last("StartTransaction");
  CHECK(start.has("\"connectorId\":1,\"idTag\":\"FRIEND\",\"meterStart\":1000"));
  const bench::Sent stop = rig.last("StopTransaction");
  CHECK(stop.has("\"transactionId\":1001,\"idTag\":\"friend\",\"meterStop\":2500"));
  CHECK(stop.has("\"reason\":\"Local\""));
  CHECK(!stop.has("transactionData"));
}

TEST_CASE("After a power cut with the plug in: the end is told, and the plug is Finishing") {
  Rig before;
  before.boot();
  before.plug();
  before.tag("FRIEND");
  before.use(500);
  Rig rig(Rig::defaults(), &before.fram);
  rig.report[0].energy_mwh = before.report[0].energy_mwh;
  rig.report[0].plugged = rig.report[0].vehicle_ready = true;
  rig.boot();
  CHECK(rig.last("StopTransaction").has("PowerLoss"));
  CHECK(rig.statuses() == "Finishing");
  rig.run(600);
  CHECK(rig.statuses() == "Finishing");
  rig.tag("FRIEND");  // the same driver once more, without another plug
  rig.run(1);
  CHECK(rig.count("StartTransaction") == 1);
}

TEST_CASE("Tag first, then a plug; a second swipe takes it back, and so does time (B1)") {
  Rig rig;
  rig.boot();
  rig.tag("FRIEND");
  rig.tag("FRIEND");
  CHECK(rig.statuses() == "Available Preparing Available");
  rig.tag("FRIEND");
  rig.run(61);
  CHECK(rig.statuses() == "Available Preparing Available Preparing Available");
  rig.tag("FRIEND");
  rig.plug();
  CHECK(rig.count("StartTransaction") == 1);
}

TEST_CASE("A plug that nobody authorizes in time is Finishing, and no tag is taken there (B6)") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.run(61);
  CHECK(rig.statuses() == "Available Preparing Finishing");
  rig.tag("FRIEND");
  CHECK(rig.count("Authorize") == 0);
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"FRIEND\",\"connectorId\":1}") ==
        "{\"status\":\"Accepted\"}");
  CHECK(rig.count("StartTransaction") == 1);
}

TEST_CASE("A tag that is not accepted starts nothing") {
  Rig rig;
  rig.tag_status = "Blocked";
  begun(rig);
  CHECK(rig.count("Authorize") == 1);
  CHECK(rig.count("StartTransaction") == 0);
  CHECK(!rig.client->command(1).permitted);
}

TEST_CASE("Another tag stops nothing, one of the same group does (TC_068, TC_069)") {
  Rig rig;
  begun(rig);
  rig.tag("STRANGER");
  CHECK(rig.count("Authorize") == 1);
  CHECK(rig.count("StopTransaction") == 0);
  Rig family;
  family.parent_tag = "FAMILY";
  begun(family);
  family.tag("SISTER");
  CHECK(family.count("Authorize") == 2);
  CHECK(family.last("StopTransaction").has("\"idTag\":\"SISTER\""));
}

TEST_CASE("The plug is pulled: EVDisconnected, or it goes on where the configuration says so") {
  Rig rig;
  begun(rig);
  rig.unplug();
  CHECK(rig.last("StopTransaction").has("EVDisconnected"));
  CHECK(rig.statuses() == "Available Preparing Charging Available");
  Rig on;
  on.boot();
  set(on, "StopTransactionOnEVSideDisconnect", "false");
  on.plug();
  on.tag("FRIEND");
  on.unplug();
  CHECK(on.count("StopTransaction") == 0);
  CHECK(on.last("StatusNotification").has("SuspendedEV"));
  on.plug();
  CHECK(on.last("StatusNotification").has("Charging"));
}

TEST_CASE("A socket locks before it begins, and gives the cable back at the end") {
  Rig rig(socket());
  rig.boot();
  rig.tag("FRIEND");
  rig.report[0].plugged = true;
  rig.report[0].vehicle_ready = true;
  rig.report[0].cable_rating_ma = 20000;
  rig.settle();
  CHECK(rig.client->command(1).hold_lock);
  CHECK(rig.count("StartTransaction") == 0);
  rig.report[0].locked = true;
  rig.settle();
  CHECK(rig.count("StartTransaction") == 1);
  rig.tag("FRIEND");
  CHECK(!rig.client->command(1).hold_lock);
}

TEST_CASE("A socket whose lock fails starts nothing") {
  Rig rig(socket());
  rig.boot();
  rig.tag("FRIEND");
  rig.report[0].plugged = true;
  rig.report[0].cable_rating_ma = 20000;
  rig.settle();
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::LockFailed);
  rig.run(5);
  CHECK(rig.count("StartTransaction") == 0);
  CHECK(rig.last("StatusNotification").has("ConnectorLockFailure"));
}

TEST_CASE("A tag that StartTransaction refuses ends it, and its owner fetches the cable") {
  Rig rig(socket());
  rig.boot();
  rig.plug();
  rig.call("ChangeConfiguration", "{\"key\":\"AuthorizeRemoteTxRequests\",\"value\":\"false\"}");
  rig.tag_status = "Invalid";
  rig.call("RemoteStartTransaction", "{\"idTag\":\"THIEF\"}");
  rig.run(1);
  CHECK(rig.last("StopTransaction").has("DeAuthorized"));
  CHECK(rig.client->command(1).hold_lock);
  rig.tag("THIEF");
  CHECK(!rig.client->command(1).hold_lock);
}

TEST_CASE("… or only its energy, at once or after an allowance (errata 3.17)") {
  Rig rig;
  rig.boot();
  set(rig, "StopTransactionOnInvalidId", "false");
  set(rig, "AuthorizeRemoteTxRequests", "false");
  set(rig, "MaxEnergyOnInvalidId", "500");
  rig.plug();
  rig.tag_status = "Invalid";
  rig.call("RemoteStartTransaction", "{\"idTag\":\"THIEF\"}");
  rig.run(20);
  CHECK(rig.client->command(1).permitted);
  rig.use(600);
  rig.run(11);
  CHECK(!rig.client->command(1).permitted);
  CHECK(rig.count("StopTransaction") == 0);
  CHECK(rig.statuses() == "Available Preparing Charging SuspendedEVSE");
}

TEST_CASE("Faults have their error code; those of the vehicle suspend its transaction (7.6)") {
  Rig rig;
  begun(rig);
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::PilotShorted);
  rig.settle();
  CHECK(rig.last("StatusNotification").has("EVCommunicationError"));
  CHECK(rig.last("StatusNotification").has("SuspendedEVSE"));
  rig.report[0].faults |= static_cast<uint32_t>(evse::FaultCode::EarthLost);
  rig.settle();
  CHECK(rig.last("StatusNotification").has("GroundFailure"));
  CHECK(rig.last("StatusNotification").has("Faulted"));
  rig.report[0].faults = 0;
  rig.settle();
  CHECK(rig.last("StatusNotification").has("Charging"));
  CHECK(rig.count("StopTransaction") == 0);
}

TEST_CASE("A status that does not last is not told where MinimumStatusDuration says so") {
  Rig rig;
  rig.boot();
  set(rig, "MinimumStatusDuration", "5");
  rig.plug();
  rig.run(3);
  rig.unplug();
  rig.run(10);
  CHECK(rig.statuses() == "Available");
  rig.plug();
  rig.run(6);
  CHECK(rig.statuses() == "Available Preparing");
}

// --- authorization ---

TEST_CASE("What was asked once is remembered: online as a short cut, offline as permission") {
  Rig rig;
  begun(rig);
  rig.tag("FRIEND");
  rig.unplug();
  set(rig, "LocalPreAuthorize", "true");
  rig.plug();
  rig.tag("friend");
  CHECK(rig.count("Authorize") == 1);
  CHECK(rig.count("StartTransaction") == 2);
  rig.tag("FRIEND");
  rig.unplug();
  Rig offline(Rig::defaults(), &rig.fram);
  offline.transport.network = false;
  offline.settle();
  offline.plug();
  offline.tag("FRIEND");
  CHECK(offline.client->command(1).permitted);
}

TEST_CASE("Offline: an unknown tag by AllowOfflineTxForUnknownId, a known one that is blocked never") {
  Rig rig;
  rig.boot();
  set(rig, "AllowOfflineTxForUnknownId", "true");
  rig.tag_status = "Blocked";
  rig.plug();
  rig.tag("THIEF");
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  rig.tag("THIEF");
  CHECK(!rig.client->command(1).permitted);
  rig.tag("NOBODY");
  CHECK(rig.client->command(1).permitted);
}

TEST_CASE("LocalAuthorizeOffline false permits nobody who is known; the cache can be cleared") {
  Rig rig;
  begun(rig);
  rig.tag("FRIEND");
  rig.unplug();
  set(rig, "LocalAuthorizeOffline", "false");
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  rig.plug();
  rig.tag("FRIEND");
  CHECK(!rig.client->command(1).permitted);
  rig.transport.network = true;
  rig.run(20);
  set(rig, "LocalAuthorizeOffline", "true");
  CHECK(rig.call("ClearCache", "{}") == "{\"status\":\"Accepted\"}");
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  rig.tag("FRIEND");
  CHECK(!rig.client->command(1).permitted);
}

TEST_CASE("Without a cache ClearCache is Rejected (errata 3.23)") {
  Rig rig;
  rig.boot();
  set(rig, "AuthorizationCacheEnabled", "false");
  CHECK(rig.call("ClearCache", "{}") == "{\"status\":\"Rejected\"}");
}

TEST_CASE("The cache forgets what was learnt longest ago") {
  Rig rig;
  rig.boot();
  for (int i = 0; i < evse::ocpp::kCacheTags + 1; ++i) {
    rig.tag("T" + std::to_string(i));
    rig.tag("T" + std::to_string(i));
  }
  evse::ocpp::TagInfo found;
  evse::ocpp::TagCache& cache = rig.client->charge_point().cache;
  CHECK(!cache.find("T0", found));
  CHECK(cache.find("T1", found));
  CHECK(cache.find("T32", found));
}

// --- the local list ---

TEST_CASE("The local list: whole updates, differences, and the versions it has") {
  Rig rig;
  rig.boot();
  const auto send = [&rig](const std::string& version, const std::string& type,
                           const std::string& list) {
    return rig.call("SendLocalList", "{\"listVersion\":" + version + ",\"updateType\":\"" + type +
                                         "\",\"localAuthorizationList\":[" + list + "]}");
  };
  const std::string mum = "{\"idTag\":\"MUM\",\"idTagInfo\":{\"status\":\"Accepted\"}}";
  const std::string thief = "{\"idTag\":\"THIEF\",\"idTagInfo\":{\"status\":\"Blocked\"}}";
  CHECK(rig.call("GetLocalListVersion", "{}") == "{\"listVersion\":0}");
  CHECK(send("2", "Full", mum + "," + thief) == "{\"status\":\"Accepted\"}");
  CHECK(rig.call("GetLocalListVersion", "{}") == "{\"listVersion\":2}");
  CHECK(send("2", "Differential", mum) == "{\"status\":\"VersionMismatch\"}");
  CHECK(send("3", "Differential", "{\"idTag\":\"mum\"}") == "{\"status\":\"Accepted\"}");
  CHECK(send("0", "Full", mum) == "{\"status\":\"Failed\"}");
  CHECK(send("4", "Full", mum + "," + mum) == "{\"status\":\"Failed\"}");
  CHECK(send("4", "Full", "{\"idTag\":\"MUM\"}") == "{\"status\":\"Failed\"}");
  evse::ocpp::TagInfo found;
  evse::ocpp::LocalList& list = rig.client->charge_point().local_list;
  CHECK(!list.find("MUM", found));
  CHECK(list.find("thief", found));
  CHECK(found.status == evse::ocpp::TagStatus::Blocked);
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  CHECK(after.call("GetLocalListVersion", "{}") == "{\"listVersion\":3}");
  set(after, "LocalAuthListEnabled", "false");
  CHECK(after.call("GetLocalListVersion", "{}") == "{\"listVersion\":-1}");
}

TEST_CASE("A list of the length that is promised fits into one message; one tag more does not") {
  Rig rig;
  rig.boot();
  std::string list;
  for (int i = 0; i < evse::ocpp::kListTags + 1; ++i) {
    const std::string entry =
        "{\"idTag\":\"01234567890123456" + std::to_string(100 + i) +
        "\",\"idTagInfo\":{\"status\":\"Accepted\",\"expiryDate\":\"2030-01-01T00:00:00.000Z\","
        "\"parentIdTag\":\"01234567890123456789\"}}";
    if (i == evse::ocpp::kListTags) {
      CHECK(rig.call("SendLocalList",
                     "{\"listVersion\":1,\"updateType\":\"Full\",\"localAuthorizationList\":[" +
                         list + "]}") == "{\"status\":\"Accepted\"}");
    }
    list += (i == 0 ? "" : ",") + entry;
  }
  CHECK(rig.call("SendLocalList",
                 "{\"listVersion\":2,\"updateType\":\"Full\",\"localAuthorizationList\":[" + list +
                     "]}") == "{\"status\":\"Failed\"}");
  CHECK(rig.call("GetLocalListVersion", "{}") == "{\"listVersion\":1}");
}

TEST_CASE("Where the central system says otherwise than its list, it is told so (7.6)") {
  Rig rig;
  rig.boot();
  rig.call("SendLocalList",
           "{\"listVersion\":1,\"updateType\":\"Full\",\"localAuthorizationList\":[{\"idTag\":"
           "\"THIEF\",\"idTagInfo\":{\"status\":\"Blocked\"}}]}");
  rig.tag("THIEF");
  CHECK(rig.all("StatusNotification").size() >= 3);
  bool told = false;
  for (const bench::Sent& each : rig.all("StatusNotification")) {
    told = told || (each.has("LocalListConflict") && each.has("THIEF"));
  }
  CHECK(told);
}
