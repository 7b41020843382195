// Security events and security profiles (security whitepaper A01, A04, A05).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Parts;
using bench::Rig;
using Failure = evse::hal::Transport::Failure;

namespace {

constexpr char kEvents[] = "SecurityEventNotification";
constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";
constexpr char kRejected[] = "{\"status\":\"Rejected\"}";
const uint8_t kKey[] = "0123456789abcdef";

evse::ocpp::Settings secured(const char* profile = "1") {
  static evse::ocpp::FactoryValue factory[1];
  factory[0] = {"SecurityProfile", profile};
  evse::ocpp::Settings settings = Rig::defaults();
  settings.secured = true;
  settings.key = kKey;
  settings.key_size = 16;
  settings.factory = factory;
  settings.factory_count = 1;
  return settings;
}

std::string set(const std::string& key, const std::string& value) {
  return "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
}

}  // namespace

TEST_CASE("Security events are told in their order after the statuses of a boot") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  CHECK(rig.told(kEvents) == "StartupOfTheDevice SettingSystemTime");
  CHECK(rig.seen[0].action == "BootNotification");
  CHECK(rig.seen[1].action == "StatusNotification");
  CHECK(rig.all(kEvents)[0].has("\"timestamp\":\"2026-01-01T00:00:00.000Z\""));
  CHECK(rig.all(kEvents)[0].has("\"techInfo\":\"the power was off\""));
}

TEST_CASE("A charger that is not secured tells none") {
  Rig rig;
  rig.boot();
  CHECK(rig.count(kEvents) == 0);
  CHECK(rig.call("ExtendedTriggerMessage", "{\"requestedMessage\":\"Heartbeat\"}") ==
        "NotSupported");
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "1")) ==
        "{\"status\":\"NotSupported\"}");
}

TEST_CASE("Events that nobody has answered survive a power cut, and go ahead of transactions") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(1);
  rig.transport.network = false;
  rig.transport.close();
  rig.run(1);
  rig.forget();
  Rig after(secured(), &rig.fram, parts.all());
  after.boot();
  CHECK(after.told(kEvents) == "StartupOfTheDevice SettingSystemTime");
  size_t first_event = 0;
  size_t stop = 0;
  for (size_t i = 0; i < after.seen.size(); ++i) {
    if (after.seen[i].action == kEvents && first_event == 0) first_event = i;
    if (after.seen[i].action == "StopTransaction") stop = i;
  }
  CHECK(first_event < stop);
}

TEST_CASE("An event that is refused is tried as often as a transaction message, then given up") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.refuse_action = kEvents;
  rig.boot();
  CHECK(rig.count(kEvents) == 1);
  rig.run(60);
  CHECK(rig.count(kEvents) == 2);
  rig.run(121);
  CHECK(rig.count(kEvents) == 4);  // the third of the first, and the first of the next
  rig.refuse_action = "";
  rig.run(61);
  CHECK(rig.last(kEvents).has("SettingSystemTime"));
  const int before = rig.count(kEvents);
  rig.run(600);
  CHECK(rig.count(kEvents) == before);
}

TEST_CASE("A reset is told, and so is what the next start was for") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  rig.forget();
  rig.call("Reset", "{\"type\":\"Soft\"}");
  CHECK(rig.told(kEvents) == "ResetOrReboot");
  rig.run(5);
  Rig after(secured(), &rig.fram, parts.all());
  after.boot();
  CHECK(after.all(kEvents)[0].has("\"techInfo\":\"SoftReset\""));
}

TEST_CASE("Messages that are none are logged once a minute, not told and never quoted") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  rig.forget();
  for (int i = 0; i < 100; ++i) {
    rig.hear("nonsense of a stranger");
    rig.run(1);
  }
  CHECK(rig.count(kEvents) == 0);
  int logged = 0;
  evse::ocpp::SecurityEvents& events = rig.client->charge_point().security;
  for (uint32_t seq = events.first(); seq < events.end(); ++seq) {
    evse::ocpp::SecurityEntry entry;
    REQUIRE(events.read(seq, entry));
    logged += entry.event == evse::ocpp::SecurityEvent::InvalidMessages ? 1 : 0;
    CHECK(std::string(entry.tech_info.get()).find("stranger") == std::string::npos);
  }
  CHECK(logged == 2);
}

TEST_CASE("A log that is full says so once, and loses its oldest entries") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  evse::ocpp::SecurityEvents& events = rig.client->charge_point().security;
  for (int i = 0; i < 3 * evse::ocpp::kSecurityEntries; ++i) {
    events.happened(evse::ocpp::SecurityEvent::InvalidTLSVersion, "");
    rig.settle();
  }
  CHECK(rig.told(kEvents) == "StartupOfTheDevice SettingSystemTime MemoryExhaustion");
  evse::ocpp::SecurityEntry entry;
  CHECK(events.read(events.first(), entry));
  CHECK(entry.event == evse::ocpp::SecurityEvent::InvalidTLSVersion);
}

TEST_CASE("What is owed is not pushed out of a full log, over a power cut too") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.transport.network = false;
  rig.settle();
  for (int i = 0; i < 2 * evse::ocpp::kSecurityEntries; ++i) {
    rig.client->charge_point().security.happened(evse::ocpp::SecurityEvent::InvalidTLSVersion, "");
  }
  CHECK(rig.log.has("a security event is not logged"));
  Rig after(secured(), &rig.fram, parts.all());
  after.boot();
  CHECK(after.told(kEvents).find("StartupOfTheDevice MemoryExhaustion") == 0);
}

TEST_CASE("TC_073_CS: a new key is used from the next connection") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  CHECK(rig.transport.key == "0123456789abcdef");
  CHECK(rig.call("ChangeConfiguration",
                 set("AuthorizationKey", "4F43415F4F4354545F61646D696E5F7465")) == kAccepted);
  CHECK(rig.call("ChangeConfiguration",
                 set("AuthorizationKey", "4F43415F4F4354545F61646D696E5F746573")) == kAccepted);
  rig.run(10);
  CHECK(rig.transport.attempts == 2);
  CHECK(rig.transport.key == "OCA_OCTT_admin_tes");
}

TEST_CASE("TC_083_CS: the profile goes up with what it needs, and the socket with it") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "2")) == kRejected);
  parts.certificates.installed[evse::hal::RootKind::Central] = {"good root"};
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "3")) == kRejected);
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "4")) == kRejected);
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "2")) == kAccepted);
  CHECK(rig.transport.attempts == 1);
  rig.run(10);
  CHECK(rig.transport.url == "wss://central.example:9000/CP%201");
  CHECK(rig.transport.key == "0123456789abcdef");
  parts.certificates.chain = "good own";
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "3")) == kAccepted);
  rig.run(10);
  CHECK(rig.transport.key == "");
  CHECK(rig.transport.attempts == 3);
  Rig after(secured(), &rig.fram, parts.all());
  after.boot();
  CHECK(after.transport.url == "wss://central.example:9000/CP%201");
}

TEST_CASE("An address that has room, but not with wss:// before it, is refused when it is made") {
  evse::ocpp::Settings settings = secured();
  const std::string url = "ws://" + std::string(evse::ocpp::kUrl - 12, 'x');
  settings.url = url.c_str();
  Rig rig(settings);
  rig.settle();
  CHECK(rig.transport.attempts == 0);
  settings.secured = false;
  Rig without(settings);
  without.settle();
  CHECK(without.transport.attempts == 1);
}

TEST_CASE("Every key of a charger with everything fits into one answer") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  std::string list;
  for (int i = 0; i < 20; ++i) list += (i == 0 ? "" : ",") + std::to_string(i) + ".RST";
  CHECK(rig.call("ChangeConfiguration", set("ConnectorPhaseRotation", list)) == kAccepted);
  const std::string told = rig.call("GetConfiguration", "{}");
  CHECK(told.find("CertificateStoreMaxLength") != std::string::npos);
  CHECK(told.find("AuthorizationKey") == std::string::npos);
  CHECK(told.size() < evse::ocpp::kFrameOut / 4 * 3);
}

TEST_CASE("TC_084_CS: the profile does not go down") {
  Parts parts;
  parts.certificates.installed[evse::hal::RootKind::Central] = {"good root"};
  Rig rig(secured("2"), nullptr, parts.all());
  rig.boot();
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "1")) == kRejected);
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "0")) == kRejected);
  CHECK(rig.call("ChangeConfiguration", set("SecurityProfile", "2")) == kAccepted);
  rig.run(10);
  CHECK(rig.transport.attempts == 1);  // what it is already is no change
}

TEST_CASE("A new profile that fails three times is given up for the one that worked") {
  Parts parts;
  parts.certificates.installed[evse::hal::RootKind::Central] = {"good root"};
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  rig.forget();
  rig.call("ChangeConfiguration", set("SecurityProfile", "2"));
  rig.transport.network = false;
  rig.run(300);  // a network that is down is no attempt
  CHECK(rig.transport.url.substr(0, 6) == "wss://");
  rig.transport.why = Failure::Certificate;
  rig.run(1200);
  CHECK(rig.transport.url.substr(0, 5) == "ws://");
  rig.transport.network = true;
  rig.run(400);
  CHECK(rig.told(kEvents) == "InvalidCentralSystemCertificate");
  CHECK(rig.call("GetConfiguration", "{\"key\":[\"SecurityProfile\"]}").find("\"1\"") !=
        std::string::npos);
}

TEST_CASE("What has worked once is kept however long the central system says no") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  rig.transport.network = false;
  rig.transport.why = Failure::Credentials;
  rig.transport.close();
  rig.run(3600);
  rig.transport.network = true;
  rig.forget();
  rig.run(400);
  CHECK(rig.transport.key == "0123456789abcdef");
  CHECK(rig.count(kEvents) == 0);  // logged only, and once
}

TEST_CASE("ExtendedTriggerMessage asks for what there is") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.all());
  rig.boot();
  const auto trigger = [&rig](const std::string& what) {
    return rig.call("ExtendedTriggerMessage", "{\"requestedMessage\":\"" + what + "\"}");
  };
  CHECK(trigger("Heartbeat") == kAccepted);
  CHECK(rig.count("Heartbeat") == 1);
  CHECK(trigger("FirmwareStatusNotification") == kAccepted);
  CHECK(rig.told("SignedFirmwareStatusNotification") == "Idle");
  CHECK(!rig.last("SignedFirmwareStatusNotification").has("requestId"));
  CHECK(trigger("LogStatusNotification") == kAccepted);
  CHECK(rig.told("LogStatusNotification") == "Idle");
  CHECK(trigger("BootNotification") == kRejected);
  Rig fewer(secured());
  fewer.boot();
  CHECK(fewer.call("ExtendedTriggerMessage",
                   "{\"requestedMessage\":\"SignChargePointCertificate\"}") ==
        "{\"status\":\"NotImplemented\"}");
}
