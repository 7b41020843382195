// Sessions of a charger with MicroOcpp.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";

std::string profile(const std::string& schedule, const std::string& purpose = "TxDefaultProfile") {
  return R"({"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,)"
         R"("chargingProfilePurpose":")" + purpose + R"(","chargingProfileKind":"Relative",)"
         R"("chargingSchedule":)" + schedule + "}}";
}

}  // namespace

TEST_CASE("the charger calls with its identity and its key, and says what it is") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.vendor = "a maker";
  settings.model = "a model";
  settings.serial_number = "S1";
  settings.firmware_version = "1.2.3";
  Rig rig(settings);
  rig.boot();
  CHECK(rig.transport.url == "ws://central.example:9000/CP%201");
  CHECK(rig.transport.subprotocol == "ocpp1.6");
  CHECK(rig.transport.user == "CP 1");
  CHECK(rig.transport.key == "0123456789abcdef");
  const bench::Sent boot = rig.last("BootNotification");
  CHECK(boot.has(R"("chargePointVendor":"a maker")"));
  CHECK(boot.has(R"("chargePointModel":"a model")"));
  CHECK(boot.has(R"("chargePointSerialNumber":"S1")"));
  CHECK(boot.has(R"("firmwareVersion":"1.2.3")"));
  CHECK(rig.statuses() == "Available");
  CHECK(rig.command().available);
  CHECK(!rig.command().permitted);
}

TEST_CASE("plug, tag, charge, tag: one transaction with the readings of the register") {
  Rig rig;
  rig.boot();
  rig.plug();
  CHECK(!rig.command().permitted);
  rig.tag("TAG1");
  CHECK(rig.last("Authorize").has("TAG1"));
  CHECK(rig.last("StartTransaction").has(R"("meterStart":1000)"));
  CHECK(rig.command().permitted);
  CHECK(rig.command().hold_lock);
  CHECK(rig.command().limit_ma == 32000);
  CHECK(rig.command().phases == 3);
  rig.run(60);
  rig.report[0].energy_mwh += 2500999;
  rig.tag("TAG1");
  CHECK(!rig.command().permitted);
  const bench::Sent stop = rig.last("StopTransaction");
  CHECK(stop.has(R"("transactionId":1001)"));
  CHECK(stop.has(R"("meterStop":3500)"));
  CHECK(stop.has(R"("reason":"Local")"));
  rig.unplug();
  // SuspendedEVSE until the contactor is open, with which the last reading comes.
  CHECK(rig.statuses() == "Available Preparing Charging SuspendedEVSE Finishing Available");
  CHECK(rig.count("StartTransaction") == 1);
  CHECK(rig.count("StopTransaction") == 1);
}

TEST_CASE("a tag that the central system refuses charges nothing") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag_status = "Blocked";
  rig.tag("THIEF");
  CHECK(!rig.command().permitted);
  CHECK(rig.count("StartTransaction") == 0);
  CHECK(rig.log.has("1 not authorized"));
}

TEST_CASE("a stranger's tag ends nothing, one of the same group does") {
  Rig rig;
  rig.boot();
  rig.parent_tag = "FAMILY";
  rig.plug();
  rig.tag("TAG1");
  REQUIRE(rig.command().permitted);
  rig.parent_tag = "OTHERS";
  rig.tag("TAG3");
  CHECK(rig.command().permitted);
  rig.parent_tag = "FAMILY";
  rig.tag("TAG2");
  CHECK(!rig.command().permitted);
  CHECK(rig.last("StopTransaction").has(R"("idTag":"TAG2")"));
}

TEST_CASE("the cable pulled out ends the transaction") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.unplug();
  CHECK(rig.last("StopTransaction").has(R"("reason":"EVDisconnected")"));
  CHECK(!rig.command().permitted);
}

TEST_CASE("the transaction ends with the reading after the contactor has opened") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.run(5);
  REQUIRE(rig.report[0].closed);
  CHECK(rig.call("RemoteStopTransaction", R"({"transactionId":1001})", 0.3) == kAccepted);
  CHECK(!rig.command().permitted);
  rig.run(2);
  CHECK(rig.last("StopTransaction").has(R"("reason":"Remote")"));
}

TEST_CASE("SetChargingProfile limits the current") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  const std::string amperes =
      R"({"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":13.5}]})";
  CHECK(rig.call("SetChargingProfile", profile(amperes)) == kAccepted);
  CHECK(rig.command().limit_ma == 13500);
  CHECK(rig.command().phases == 3);
  SUBCASE("in watts it is the current of all phases") {
    const std::string watts =
        R"({"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":6900}]})";
    CHECK(rig.call("SetChargingProfile", profile(watts)) == kAccepted);
    CHECK(rig.command().limit_ma == 10000);
  }
  SUBCASE("more than the charger has is what it has") {
    const std::string much =
        R"({"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":63}]})";
    CHECK(rig.call("SetChargingProfile", profile(much)) == kAccepted);
    CHECK(rig.command().limit_ma == 32000);
  }
  SUBCASE("without a profile the limit is gone") {
    CHECK(rig.call("ClearChargingProfile", R"({"id":1})") == kAccepted);
    CHECK(rig.command().limit_ma == 32000);
  }
  SUBCASE("nothing is nothing") {
    const std::string none =
        R"({"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":0}]})";
    CHECK(rig.call("SetChargingProfile", profile(none)) == kAccepted);
    CHECK(rig.command().limit_ma == 0);
  }
}

TEST_CASE("RemoteStartTransaction and UnlockConnector, which ends what runs first") {
  Rig rig;
  rig.boot();
  rig.plug();
  CHECK(rig.call("RemoteStartTransaction", R"({"connectorId":1,"idTag":"TAG1"})") == kAccepted);
  CHECK(rig.command().permitted);
  CHECK(rig.command().hold_lock);
  CHECK(rig.call("UnlockConnector", R"({"connectorId":1})") == R"({"status":"Unlocked"})");
  CHECK(rig.command().unlock_count == 1);
  CHECK(!rig.command().hold_lock);
  CHECK(rig.last("StopTransaction").has(R"("reason":"UnlockCommand")"));
  // Another one is a new one.
  rig.report[0].locked = true;
  CHECK(rig.call("UnlockConnector", R"({"connectorId":1})") == R"({"status":"Unlocked"})");
  CHECK(rig.command().unlock_count == 2);
}

TEST_CASE("a lock that is jammed is told, and the next UnlockConnector tries again") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.lock_jammed = true;
  CHECK(rig.call("UnlockConnector", R"({"connectorId":1})", 15) ==
        R"({"status":"UnlockFailed"})");
  rig.lock_jammed = false;
  CHECK(rig.call("UnlockConnector", R"({"connectorId":1})") == R"({"status":"Unlocked"})");
  CHECK(rig.command().unlock_count == 2);
}

TEST_CASE("a fixed cable has nothing to unlock") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.hardware[0].kind = evse::Kind::Tethered;
  settings.hardware[0].lock = false;
  Rig rig(settings);
  rig.boot();
  CHECK(rig.call("UnlockConnector", R"({"connectorId":1})") == R"({"status":"NotSupported"})");
}

TEST_CASE("Reset ends the transaction, and asks for the restart") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  std::string type;
  evse::ResetWanted wanted = evse::ResetWanted::None;
  SUBCASE("soft") {
    type = "Soft";
    wanted = evse::ResetWanted::Soft;
  }
  SUBCASE("hard") {
    type = "Hard";
    wanted = evse::ResetWanted::Hard;
  }
  CHECK(rig.call("Reset", R"({"type":")" + type + "\"}") == kAccepted);
  CHECK(rig.last("StopTransaction").has(type + "Reset"));
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
  rig.run(15);
  CHECK(rig.client->reset_wanted() == wanted);
}

TEST_CASE("ChangeAvailability takes the connector out of service, also over a restart") {
  Rig rig;
  rig.boot();
  CHECK(rig.call("ChangeAvailability", R"({"connectorId":1,"type":"Inoperative"})") == kAccepted);
  CHECK(!rig.command().available);
  const bench::Fram memory = rig.fram;
  rig.client.reset();
  Rig next(Rig::defaults(), &memory);
  next.boot();
  CHECK(!next.command().available);
  CHECK(next.call("ChangeAvailability", R"({"connectorId":1,"type":"Operative"})") == kAccepted);
  CHECK(next.command().available);
}

TEST_CASE("a fault is told by its code, and does not take the connector out of service") {
  Rig rig;
  rig.boot();
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::ResidualCurrent);
  rig.run(2);
  const bench::Sent told = rig.last("StatusNotification");
  CHECK(told.has(R"("status":"Faulted")"));
  CHECK(told.has(R"("errorCode":"GroundFailure")"));
  CHECK(told.has(R"("vendorErrorCode":"residual-current")"));
  CHECK(rig.command().available);
  rig.report[0].faults = 0;
  rig.run(2);
  CHECK(rig.statuses() == "Available Faulted Available");
}

TEST_CASE("a tag while there is a fault begins nothing, not even when the fault is over") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::EarthLost);
  rig.run(1);
  rig.tag("TAG1");
  rig.report[0].faults = 0;
  rig.run(5);
  CHECK(rig.count("Authorize") == 0);
  CHECK(rig.count("StartTransaction") == 0);
}

TEST_CASE("nothing begins at a socket before its lock is home") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.report[0].locked = false;
  rig.tag("TAG1");
  CHECK(rig.count("Authorize") == 1);
  CHECK(rig.count("StartTransaction") == 0);
  CHECK(rig.command().hold_lock);
  CHECK(!rig.command().permitted);
  rig.report[0].locked = true;
  rig.run(1);
  CHECK(rig.command().permitted);
}

TEST_CASE("a fault of the vehicle during a transaction is no state Faulted") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.run(2);
  rig.report[0].faults = static_cast<uint32_t>(evse::FaultCode::DiodeMissing);
  rig.run(2);
  const bench::Sent told = rig.last("StatusNotification");
  CHECK(told.has(R"("status":"SuspendedEVSE")"));
  CHECK(told.has(R"("errorCode":"EVCommunicationError")"));
  CHECK(rig.command().permitted);
}

TEST_CASE("a transaction that ends offline is told when the network is back") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.transport.network = false;
  rig.transport.now = evse::hal::Transport::State::Closed;
  rig.run(5);
  CHECK(rig.command().permitted);
  rig.report[0].energy_mwh += 1000000;
  rig.unplug();
  CHECK(rig.count("StopTransaction") == 0);
  rig.transport.network = true;
  rig.run(60);
  CHECK(rig.last("StopTransaction").has(R"("meterStop":2000)"));
}

TEST_CASE("a transaction that a power cut has interrupted ends with the register as it is now") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  REQUIRE(rig.command().permitted);
  const bench::Fram memory = rig.fram;
  rig.client.reset();
  Rig next(Rig::defaults(), &memory);
  next.report[0].plugged = true;
  next.report[0].vehicle_ready = true;
  next.report[0].energy_mwh = 1500000;
  next.run(0.2);
  CHECK(!next.command().permitted);
  next.boot();
  const bench::Sent stop = next.last("StopTransaction");
  CHECK(stop.has(R"("transactionId":1001)"));
  CHECK(stop.has(R"("reason":"PowerLoss")"));
  CHECK(stop.has(R"("meterStop":1500)"));
  CHECK(!next.command().permitted);
}

TEST_CASE("attempts to connect are spaced out") {
  Rig rig;
  rig.transport.network = false;
  rig.run(3600);
  CHECK(rig.transport.attempts >= 14);
  CHECK(rig.transport.attempts <= 19);
}

TEST_CASE("factory values hold until they are changed") {
  constexpr evse::ocpp::FactoryValue kValues[] = {{"ConnectionTimeOut", "77"},
                                                  {"WebSocketPingInterval", "17"},
                                                  {"NoSuchKey", "1"}};
  evse::ocpp::Settings settings = Rig::defaults();
  settings.factory = kValues;
  settings.factory_count = 3;
  Rig rig(settings);
  rig.boot();
  CHECK(rig.call("GetConfiguration", R"({"key":["ConnectionTimeOut"]})").find("\"77\"") !=
        std::string::npos);
  CHECK(rig.transport.ping_s == 17);
  CHECK(rig.log.has("a configuration key that MicroOcpp does not have"));
  CHECK(rig.call("ChangeConfiguration", R"({"key":"ConnectionTimeOut","value":"99"})") ==
        kAccepted);
  const bench::Fram memory = rig.fram;
  rig.client.reset();
  Rig next(settings, &memory);
  next.boot();
  CHECK(next.call("GetConfiguration", R"({"key":["ConnectionTimeOut"]})").find("\"99\"") !=
        std::string::npos);
}

TEST_CASE("the battery's clock gives the time before, and takes the central system's") {
  Rig rig;
  rig.clock.utc_us = bench::kUtc;
  rig.boot();
  CHECK(rig.clock.set_to_us / 1000000 == doctest::Approx(
      static_cast<double>(bench::kUtc / 1000000 + 5)).epsilon(1e-8));
}

TEST_CASE("two connectors are two") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.connectors = 2;
  Rig rig(settings);
  rig.boot();
  rig.plug(2);
  rig.tag("TAG2", 2);
  CHECK(rig.command(2).permitted);
  CHECK(!rig.command(1).permitted);
  CHECK(rig.statuses(1) == "Available");
}

TEST_CASE("a memory of 32 KiB has room for what is kept, session after session, on and off line") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.connectors = 2;
  Rig rig(settings);
  rig.boot();
  rig.call("ChangeConfiguration", R"({"key":"StopTxnSampledData","value":)"
           R"("Energy.Active.Import.Register,Current.Import,Voltage,Power.Active.Import"})");
  rig.call("ChangeConfiguration", R"({"key":"MeterValueSampleInterval","value":"5"})");
  for (int i = 0; i < 12; ++i) {
    rig.next_transaction = 2000 + i;
    for (int connector : {1, 2}) {
      rig.plug(connector);
      rig.tag("TAG1", connector);
    }
    rig.run(60);
    // The last three come to their end without a network.
    rig.transport.network = i < 9;
    if (i >= 9) rig.transport.now = evse::hal::Transport::State::Closed;
    for (int connector : {1, 2}) rig.unplug(connector);
    rig.transport.network = true;
    rig.run(i < 9 ? 1 : 60);
  }
  CHECK(!rig.log.has("not kept"));
  CHECK(rig.count("StartTransaction") == 24);
  CHECK(rig.count("StopTransaction") == 24);
}
