// Smart charging (OCPP 1.6 3.13, 5.5, 5.7, 5.16; decision "How limits add up").
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;

namespace {

constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";
constexpr char kRejected[] = "{\"status\":\"Rejected\"}";
constexpr char kNow[] = "2026-09-21T14:13:21Z";  // one second after the rig's time 0

// `periods` such as "0:6,50:10".
std::string profile(int id, int level, const std::string& purpose, const std::string& periods,
                    const std::string& unit = "A", int duration_s = 0,
                    const std::string& more = "") {
  std::string list;
  size_t at = 0;
  while (at < periods.size()) {
    const size_t colon = periods.find(':', at);
    size_t end = periods.find(',', at);
    if (end == std::string::npos) end = periods.size();
    list += std::string(list.empty() ? "" : ",") + "{\"startPeriod\":" +
            periods.substr(at, colon - at) + ",\"limit\":" +
            periods.substr(colon + 1, end - colon - 1) + "}";
    at = end + 1;
  }
  return "{\"chargingProfileId\":" + std::to_string(id) + ",\"stackLevel\":" +
         std::to_string(level) + ",\"chargingProfilePurpose\":\"" + purpose +
         "\",\"chargingProfileKind\":\"Absolute\"" + more + ",\"chargingSchedule\":{" +
         (duration_s > 0 ? "\"duration\":" + std::to_string(duration_s) + "," : "") +
         "\"startSchedule\":\"" + kNow + "\",\"chargingRateUnit\":\"" + unit +
         "\",\"chargingSchedulePeriod\":[" + list + "]}}";
}

std::string set(Rig& rig, int connector, const std::string& profile) {
  return rig.call("SetChargingProfile", "{\"connectorId\":" + std::to_string(connector) +
                                            ",\"csChargingProfiles\":" + profile + "}");
}

std::string composite(Rig& rig, int connector, int duration_s, const std::string& unit = "A") {
  const std::string answer =
      rig.call("GetCompositeSchedule", "{\"connectorId\":" + std::to_string(connector) +
                                           ",\"duration\":" + std::to_string(duration_s) +
                                           ",\"chargingRateUnit\":\"" + unit + "\"}");
  std::string found;
  for (size_t at = answer.find("startPeriod"); at != std::string::npos;
       at = answer.find("startPeriod", at + 1)) {
    const size_t comma = answer.find(',', at);
    const size_t limit = answer.find("limit", comma) + 7;
    if (!found.empty()) found += " ";
    found += answer.substr(at + 13, comma - at - 13) + ":" +
             answer.substr(limit, answer.find(',', limit) - limit);
  }
  return found;
}

void begin(Rig& rig, int connector = 1) {
  rig.plug(connector);
  rig.tag("FRIEND", connector);
}

}  // namespace

TEST_CASE("The worked schedule of TC_066: maximum, default and transaction put together") {
  Rig rig;
  rig.boot();
  begin(rig);
  CHECK(set(rig, 0, profile(1, 0, "ChargePointMaxProfile", "0:10", "A", 86400)) == kAccepted);
  CHECK(set(rig, 1, profile(2, 0, "TxDefaultProfile", "0:6,50:10,100:8,150:15,200:8", "A", 300)) ==
        kAccepted);
  CHECK(set(rig, 1, profile(3, 0, "TxProfile", "0:8,50:11,100:16,200:6,240:12", "A", 260)) ==
        kAccepted);
  CHECK(composite(rig, 1, 400) == "0:8.0 50:10.0 200:6.0 240:10.0 260:8.0 300:10.0");
  CHECK(rig.client->command(1).limit_ma == 8000);
  rig.run(201);
  CHECK(rig.client->command(1).limit_ma == 6000);
  rig.run(105);
  CHECK(rig.client->command(1).limit_ma == 10000);
}

TEST_CASE("The highest level prevails until it has run out, then the next (TC_072)") {
  Rig rig;
  rig.boot();
  begin(rig);
  set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:16"));
  set(rig, 0, profile(2, 1, "TxDefaultProfile", "0:7"));
  CHECK(rig.client->command(1).limit_ma == 16000);  // the connector's own
  set(rig, 1, profile(3, 2, "TxProfile", "0:9", "A", 60));
  set(rig, 1, profile(4, 1, "TxProfile", "0:12", "A", 120));
  CHECK(composite(rig, 1, 300) == "0:9.0 60:12.0 120:16.0");
}

TEST_CASE("A limit below 6 A is SuspendedEVSE, and ends with the profile") {
  Rig rig;
  rig.boot();
  begin(rig);
  rig.run(1);
  set(rig, 1, profile(1, 0, "TxProfile", "0:0"));
  CHECK(rig.last("StatusNotification").has("SuspendedEVSE"));
  CHECK(rig.call("ClearChargingProfile", "{\"id\":2}") == "{\"status\":\"Unknown\"}");
  CHECK(rig.call("ClearChargingProfile", "{\"id\":1}") == kAccepted);
  CHECK(rig.last("StatusNotification").has("Charging"));
}

TEST_CASE("Two connectors share a maximum; where it is not enough the youngest waits") {
  Rig rig(Rig::defaults(2));
  rig.boot();
  begin(rig, 1);
  begin(rig, 2);
  set(rig, 0, profile(1, 0, "ChargePointMaxProfile", "0:20"));
  CHECK(rig.client->command(1).limit_ma == 10000);
  CHECK(rig.client->command(2).limit_ma == 10000);
  set(rig, 1, profile(2, 0, "TxDefaultProfile", "0:7"));
  CHECK(rig.client->command(1).limit_ma == 7000);
  CHECK(rig.client->command(2).limit_ma == 13000);
  set(rig, 0, profile(1, 0, "ChargePointMaxProfile", "0:11"));
  CHECK(rig.client->command(1).limit_ma == 7000);
  CHECK(rig.client->command(2).limit_ma == 0);
  rig.unplug(1);
  CHECK(rig.client->command(2).limit_ma == 11000);
}

TEST_CASE("Watts become amperes by the phases that may be used, and come back whole") {
  Rig rig;
  rig.boot();
  begin(rig);
  set(rig, 1, profile(1, 0, "TxProfile", "0:6000", "W"));
  CHECK(rig.client->command(1).limit_ma == 8695);
  CHECK(composite(rig, 1, 60, "W") == "0:6000.0");
  CHECK(composite(rig, 1, 60, "A") == "0:8.6");
}

TEST_CASE("What fits neither the charger nor what runs there is Rejected") {
  Rig rig;
  rig.boot();
  CHECK(set(rig, 1, profile(1, 0, "TxProfile", "0:10")) == kRejected);
  CHECK(set(rig, 1, profile(1, 0, "ChargePointMaxProfile", "0:10")) == kRejected);
  CHECK(set(rig, 0, profile(1, 0, "TxProfile", "0:10")) == kRejected);
  CHECK(set(rig, 1, profile(1, 99, "TxDefaultProfile", "0:10")) == kRejected);
  std::string many = "0:10";
  for (int i = 1; i <= evse::ocpp::kPeriods; ++i) many += "," + std::to_string(i) + ":10";
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", many)) == kRejected);
  for (int i = 0; i < evse::ocpp::kProfiles; ++i) {
    CHECK(set(rig, 1, profile(i + 1, i, "TxDefaultProfile", "0:10")) == kAccepted);
  }
  CHECK(set(rig, 1, profile(50, 9, "TxDefaultProfile", "0:10")) == kRejected);
  CHECK(set(rig, 1, profile(50, 0, "TxDefaultProfile", "0:10")) == kAccepted);
  begin(rig);
  CHECK(set(rig, 1, profile(60, 0, "TxProfile", "0:10", "A", 0, ",\"transactionId\":7")) ==
        kRejected);
}

TEST_CASE("What no charger could follow gets the CALLERROR that says so") {
  Rig rig;
  rig.boot();
  const std::string bad = "PropertyConstraintViolation";
  CHECK(set(rig, 7, profile(1, 0, "TxDefaultProfile", "0:10")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "5:10")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:10,9:8,9:7")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:-1")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:10.25")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "")) == "OccurenceConstraintViolation");
  CHECK(set(rig, 1, profile(1, 0, "Favourite", "0:10")) == bad);
  CHECK(set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:10", "A", 0,
                            ",\"validFrom\":\"soon\"")) == bad);
}

TEST_CASE("Profiles survive a power cut, those of transactions end with theirs") {
  Rig rig;
  rig.boot();
  begin(rig);
  set(rig, 1, profile(1, 0, "TxDefaultProfile", "0:9"));
  set(rig, 1, profile(2, 0, "TxProfile", "0:7"));
  Rig after(Rig::defaults(), &rig.fram);
  after.boot();
  begin(after);
  after.run(1);
  CHECK(after.client->command(1).limit_ma == 9000);
  set(after, 1, profile(2, 0, "TxProfile", "0:7"));
  CHECK(after.client->command(1).limit_ma == 7000);
  after.tag("FRIEND");
  after.unplug();
  begin(after);
  CHECK(after.client->command(1).limit_ma == 9000);
}

TEST_CASE("The profile of a remote start is in force with its transaction, and goes without it") {
  Rig rig;
  rig.boot();
  const std::string start = "{\"idTag\":\"APP\",\"connectorId\":1,\"chargingProfile\":";
  CHECK(rig.call("RemoteStartTransaction",
                 start + profile(1, 0, "TxDefaultProfile", "0:7") + "}") == kRejected);
  CHECK(rig.call("RemoteStartTransaction", start + profile(1, 0, "TxProfile", "3:7") + "}") ==
        "PropertyConstraintViolation");
  CHECK(rig.call("RemoteStartTransaction", start + profile(1, 0, "TxProfile", "0:7") + "}") ==
        kAccepted);
  CHECK(composite(rig, 1, 60) == "0:7.0");
  rig.run(61);
  CHECK(composite(rig, 1, 60) == "0:32.0");
  rig.call("RemoteStartTransaction", start + profile(1, 0, "TxProfile", "0:7") + "}");
  rig.plug();
  CHECK(rig.client->command(1).limit_ma == 7000);
}

TEST_CASE("A recurring schedule comes again each day, a relative one counts from its start") {
  Rig rig;
  rig.boot();
  std::string daily = profile(1, 0, "TxDefaultProfile", "0:8,3600:16", "A", 7200);
  daily.replace(daily.find("Absolute"), 8, "Recurring");
  daily.insert(daily.find(",\"chargingSchedule\""), ",\"recurrencyKind\":\"Daily\"");
  CHECK(set(rig, 1, daily) == kAccepted);
  rig.run(86400);
  begin(rig);
  CHECK(composite(rig, 1, 9000) == "0:8.0 3600:16.0 7200:32.0");
  std::string relative = profile(2, 0, "TxProfile", "0:10,100:12");
  relative.replace(relative.find("Absolute"), 8, "Relative");
  rig.run(40);
  CHECK(set(rig, 1, relative) == kAccepted);
  CHECK(composite(rig, 1, 300) == "0:10.0 60:12.0");
}
