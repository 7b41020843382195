// GetConfiguration and ChangeConfiguration (OCPP 1.6 5.3, 5.8; chapter 9).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

std::string change(Rig& rig, const std::string& key, const std::string& value) {
  return rig.call("ChangeConfiguration",
                  "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
}

std::string value(Rig& rig, const std::string& key) {
  const std::string answer = rig.call("GetConfiguration", "{\"key\":[\"" + key + "\"]}");
  const size_t from = answer.find("\"value\":\"");
  if (from == std::string::npos) return "(none)";
  return answer.substr(from + 9, answer.find('"', from + 9) - from - 9);
}

constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";
constexpr char kRejected[] = "{\"status\":\"Rejected\"}";

}  // namespace

TEST_CASE("Every key that chapter 9 demands is there, and all of them are told in one answer") {
  Rig rig;
  rig.boot();
  const std::string all = rig.call("GetConfiguration", "{}");
  for (const char* key :
       {"AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut",
        "ConnectorPhaseRotation", "GetConfigurationMaxKeys", "HeartbeatInterval",
        "LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData",
        "MeterValuesSampledData", "MeterValueSampleInterval", "NumberOfConnectors", "ResetRetries",
        "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData",
        "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts",
        "TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect",
        "LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength",
        "ChargeProfileMaxStackLevel", "ChargingScheduleAllowedChargingRateUnit",
        "ChargingScheduleMaxPeriods", "MaxChargingProfilesInstalled"}) {
    CAPTURE(key);
    CHECK(all.find(std::string("\"key\":\"") + key + "\"") != std::string::npos);
  }
  CHECK(all.find("AuthorizationKey") == std::string::npos);
}

TEST_CASE("Names are found in any case, and unknown ones are told as such") {
  Rig rig;
  rig.boot();
  const std::string answer =
      rig.call("GetConfiguration", "{\"key\":[\"numberofconnectors\",\"Colour\"]}");
  CHECK(answer.find("\"key\":\"NumberOfConnectors\",\"readonly\":true,\"value\":\"1\"") !=
        std::string::npos);
  CHECK(answer.find("\"unknownKey\":[\"Colour\"]") != std::string::npos);
}

TEST_CASE("A value is taken or not by its key's type, range and access") {
  Rig rig;
  rig.boot();
  CHECK(change(rig, "Colour", "red") == "{\"status\":\"NotSupported\"}");
  CHECK(change(rig, "NumberOfConnectors", "7") == kRejected);
  CHECK(change(rig, "ConnectionTimeOut", "0") == kRejected);
  CHECK(change(rig, "ConnectionTimeOut", "soon") == kRejected);
  CHECK(change(rig, "ConnectionTimeOut", "90") == kAccepted);
  CHECK(value(rig, "ConnectionTimeOut") == "90");
  CHECK(change(rig, "WebSocketPingInterval", "-1") == kRejected);
  CHECK(change(rig, "LocalPreAuthorize", "yes") == kRejected);
  CHECK(change(rig, "localpreauthorize", "TRUE") == kAccepted);
  CHECK(value(rig, "LocalPreAuthorize") == "true");
  CHECK(change(rig, "ConnectorPhaseRotation", "0.RST,1.RTS") == kAccepted);
  CHECK(change(rig, "ConnectorPhaseRotation", "0.XYZ") == kRejected);
}

TEST_CASE("A list with one measurand that is not to be had changes nothing (errata 3.13)") {
  Rig rig;
  rig.boot();
  CHECK(change(rig, "MeterValuesSampledData", "Voltage.L1, Current.Import") == kAccepted);
  CHECK(change(rig, "MeterValuesSampledData", "Voltage,SoC") == kRejected);
  CHECK(change(rig, "MeterValuesSampledData", "Frequency.L1") == kRejected);
  CHECK(value(rig, "MeterValuesSampledData") == "Voltage.L1, Current.Import");
  CHECK(change(rig, "StopTxnSampledData", "") == kAccepted);
}

TEST_CASE("What was changed survives a power cut, the rest is as it left the factory") {
  const evse::ocpp::FactoryValue factory[] = {{"MeterValueSampleInterval", "15"},
                                              {"ConnectionTimeOut", "45"}};
  evse::ocpp::Settings settings = Rig::defaults();
  settings.factory = factory;
  settings.factory_count = 2;
  Rig before(settings);
  before.boot();
  change(before, "MeterValueSampleInterval", "30");
  change(before, "StopTxnSampledData", "Voltage");
  Rig after(settings, &before.fram);
  after.boot();
  CHECK(value(after, "MeterValueSampleInterval") == "30");
  CHECK(value(after, "ConnectionTimeOut") == "45");
  CHECK(value(after, "StopTxnSampledData") == "Voltage");
}

TEST_CASE("A memory that fails is no value changed") {
  Rig rig;
  rig.boot();
  rig.fram.broken = true;
  CHECK(change(rig, "ConnectionTimeOut", "90") == kRejected);
  CHECK(change(rig, "StopTxnSampledData", "Voltage") == kRejected);
  CHECK(change(rig, "AuthorizationKey", "30313233343536373839616263646566") == kRejected);
  CHECK(value(rig, "ConnectionTimeOut") == "60");
  CHECK(value(rig, "StopTxnSampledData") == "");
}

TEST_CASE("A new AuthorizationKey is in force with the next socket, and is never told (TC_073)") {
  Rig rig;
  rig.boot();
  CHECK(change(rig, "AuthorizationKey", "short") == kRejected);
  CHECK(change(rig, "AuthorizationKey", "4F43415F4F4354545F61646D696E5F74657374") == kAccepted);
  rig.run(20);
  CHECK(rig.transport.attempts == 2);
  CHECK(rig.transport.key == "OCA_OCTT_admin_test");
  CHECK(value(rig, "AuthorizationKey") == "(none)");
  for (const std::string& line : rig.log.lines) CHECK(line.find("4F43") == std::string::npos);
}

TEST_CASE("A feature profile that is left out has no messages and no keys (OCPP 1.6 3.2)") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.profiles = {false, false, false, false};
  Rig rig(settings);
  rig.boot();
  CHECK(value(rig, "SupportedFeatureProfiles") == "Core");
  CHECK(rig.call("GetLocalListVersion", "{}") == "NotSupported");
  CHECK(rig.call("ClearChargingProfile", "{}") == "NotSupported");
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"Heartbeat\"}") == "NotSupported");
  CHECK(rig.call("ReserveNow",
                 "{\"connectorId\":1,\"expiryDate\":\"2030-01-01T00:00:00Z\","
                 "\"idTag\":\"TAG1\",\"reservationId\":1}") == kRejected);
  CHECK(value(rig, "LocalAuthListEnabled") == "(none)");
  CHECK(value(rig, "ReserveConnectorZeroSupported") == "(none)");
  CHECK(value(rig, "ChargingScheduleMaxPeriods") == "(none)");
  CHECK(change(rig, "LocalAuthListEnabled", "true") == "{\"status\":\"NotSupported\"}");
}
