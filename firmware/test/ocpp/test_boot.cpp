// Boot, registration, heartbeat (OCPP 1.6 4.2, 4.6), and what frames get what answer (OCPP-J 4).
#include <doctest/doctest.h>

#include "ocpp/incoming.h"
#include "ocpp/schema.h"
#include "ocpp/utc.h"
#include "rig.h"

using bench::Rig;

TEST_CASE("It connects with its identity percent-encoded, and its key as raw bytes") {
  const uint8_t key[] = "0123456789abcdef";
  evse::ocpp::Settings settings = Rig::defaults();
  settings.key = key;
  settings.key_size = 16;
  Rig rig(settings);
  rig.boot();
  CHECK(rig.transport.url == "ws://central.example:9000/CP%201");
  CHECK(rig.transport.user == "CP 1");
  CHECK(rig.transport.key == "0123456789abcdef");
  CHECK(rig.transport.ping_s == 60);
}

TEST_CASE("Nothing but BootNotification leaves before the boot is accepted") {
  Rig rig;
  rig.boot_status = "Pending";
  rig.interval_s = 100;
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(98);
  for (const bench::Sent& each : rig.seen) CHECK(each.action == "BootNotification");
  CHECK(rig.count("BootNotification") == 1);
  rig.boot_status = "Accepted";
  rig.run(5);
  CHECK(rig.count("BootNotification") == 2);
  CHECK(rig.statuses(0) == "Available");
}

TEST_CASE("While pending it answers, and sends what it is asked for") {
  Rig rig;
  rig.boot_status = "Pending";
  rig.interval_s = 1000;
  rig.boot();
  CHECK(rig.call("GetConfiguration", "{\"key\":[\"HeartbeatInterval\"]}").find("86400") !=
        std::string::npos);
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"StatusNotification\"}") ==
        "{\"status\":\"Accepted\"}");
  CHECK(rig.count("StatusNotification") == 2);
  CHECK(rig.call("RemoteStartTransaction", "{\"idTag\":\"FRIEND\"}") ==
        "{\"status\":\"Rejected\"}");
  rig.boot_status = "Accepted";
  rig.call("TriggerMessage", "{\"requestedMessage\":\"BootNotification\"}");
  CHECK(rig.count("BootNotification") == 2);
}

TEST_CASE("A rejected charger is silent until its interval is over") {
  Rig rig;
  rig.boot_status = "Rejected";
  rig.interval_s = 50;
  rig.boot();
  CHECK(rig.call("GetConfiguration", "{}") == "");
  rig.hear("{\"no\":\"frame\"}");
  rig.settle();
  CHECK(rig.seen.size() == 1);
  rig.run(50);
  CHECK(rig.count("BootNotification") == 2);
}

TEST_CASE("Without an interval it waits longer from boot to boot, at most a quarter of an hour") {
  Rig rig;
  rig.boot_status = "Rejected";
  rig.interval_s = 0;
  rig.boot();
  rig.run(60);
  CHECK(rig.count("BootNotification") == 2);
  rig.run(60);
  CHECK(rig.count("BootNotification") == 2);
  rig.run(61);
  CHECK(rig.count("BootNotification") == 3);
  rig.run(4 * 3600);
  rig.forget();
  rig.run(3600);
  CHECK(rig.count("BootNotification") == 4);
}

TEST_CASE("The heartbeat follows the boot's interval, then the configuration") {
  Rig rig;
  rig.interval_s = 10;
  rig.boot();
  rig.run(31);
  CHECK(rig.count("Heartbeat") == 3);
  rig.forget();
  rig.call("ChangeConfiguration", "{\"key\":\"HeartbeatInterval\",\"value\":\"100\"}");
  rig.run(301);
  CHECK(rig.count("Heartbeat") == 3);
}

TEST_CASE("A Heartbeat sets a clock that is a second wrong, and no other") {
  Rig rig;
  rig.interval_s = 100;
  rig.boot();
  const evse::ocpp::ChargePoint& cp = rig.client->charge_point();
  const auto off_us = [&] { return cp.utc_us() - bench::kUtc - static_cast<int64_t>(cp.now_us); };
  for (const int64_t small_us : {999000LL, -999000LL}) {
    rig.ahead_us = small_us;
    rig.run(101);
    CHECK(off_us() == 0);
  }
  for (const int64_t large_us : {1000000LL, -3600000000LL}) {
    rig.ahead_us = large_us;
    rig.run(101);
    CHECK(off_us() == large_us);
  }
}

TEST_CASE("What a Heartbeat was on its way is no error of the clock") {
  Rig rig;
  rig.interval_s = 100;
  rig.boot();
  const evse::ocpp::ChargePoint& cp = rig.client->charge_point();
  const int64_t before_us = cp.utc_us() - static_cast<int64_t>(cp.now_us);
  rig.answering = false;
  rig.run(101);
  const std::string id = rig.last("Heartbeat").id;
  const int64_t asked_utc_us = cp.utc_us();
  rig.run(10);
  const auto answer = [&](int64_t utc_us) {
    rig.hear("[3,\"" + id + "\",{\"currentTime\":\"" + evse::ocpp::format_utc(utc_us).get() +
             "\"}]");
    rig.settle();
  };
  answer(asked_utc_us);
  CHECK(cp.utc_us() - static_cast<int64_t>(cp.now_us) == before_us);
  rig.answering = true;
  rig.run(101);
  CHECK(cp.utc_us() - static_cast<int64_t>(cp.now_us) == before_us);
}

TEST_CASE("A Heartbeat without a time leaves the clock alone") {
  Rig rig;
  rig.boot();
  rig.answering = false;
  rig.call("TriggerMessage", "{\"requestedMessage\":\"Heartbeat\"}");
  const int64_t before_us = rig.client->charge_point().utc_us();
  rig.hear("[3,\"" + rig.last("Heartbeat").id + "\",{\"currentTime\":\"noon\"}]");
  rig.settle();
  CHECK(rig.client->charge_point().utc_us() == before_us);
  CHECK(rig.log.has("currentTime of the central system is unusable"));
}

TEST_CASE("A clock that jumps moves stamps, and nothing that only lasts") {
  for (const int64_t jump_us : {3600000000LL, -3600000000LL}) {
    Rig rig;
    rig.interval_s = 100;
    rig.boot();
    rig.call("ChangeConfiguration", "{\"key\":\"MeterValueSampleInterval\",\"value\":\"60\"}");
    rig.call("ChangeConfiguration",
             "{\"key\":\"ClockAlignedDataInterval\",\"value\":\"900\"}");
    rig.plug();
    rig.tag("FRIEND");
    rig.run(30);
    rig.ahead_us = jump_us;
    rig.forget();
    rig.run(1200);
    int sampled = 0;
    for (const bench::Sent& each : rig.all("MeterValues")) {
      if (each.has("Sample.Periodic")) ++sampled;
      if (each.has("Sample.Clock")) CHECK((each.has(":00:00.000Z") || each.has(":15:00.000Z") ||
                                           each.has(":30:00.000Z") || each.has(":45:00.000Z")));
    }
    CHECK(sampled == 20);
    CHECK(rig.count("MeterValues") > sampled);
    CHECK(rig.count("StopTransaction") == 0);
  }
}

TEST_CASE("Whom the central system has accepted does not boot because of a word") {
  Rig rig;
  rig.boot();  // errata 3.35; that of the whitepaper is the same
  CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"BootNotification\"}") ==
        "{\"status\":\"Rejected\"}");
  rig.run(5);
  CHECK(rig.count("BootNotification") == 1);
}

TEST_CASE("A mere reconnect is no boot, and tells only statuses that are not known") {
  Rig rig;
  rig.boot();
  rig.forget();
  rig.transport.close();
  rig.run(10);
  CHECK(rig.transport.attempts == 2);
  CHECK(rig.seen.empty());
  rig.transport.network = false;
  rig.transport.close();
  rig.settle();
  rig.plug();
  rig.unplug();
  rig.plug();
  rig.run(60);
  rig.transport.network = true;
  rig.run(300);
  CHECK(rig.count("BootNotification") == 0);
  CHECK(rig.statuses() == "Finishing");  // nobody came in time; no history
}

TEST_CASE("Between attempts it waits 5 s, then twice as long each time, at most 5 minutes") {
  Rig rig;
  rig.transport.network = false;
  rig.settle();
  CHECK(rig.transport.attempts == 1);
  rig.run(4.9);
  CHECK(rig.transport.attempts == 1);
  rig.run(1.2);
  CHECK(rig.transport.attempts == 2);
  rig.run(3600);
  const int before = rig.transport.attempts;
  rig.run(3600);
  CHECK(rig.transport.attempts - before >= 10);
  CHECK(rig.transport.attempts - before <= 12);
}

TEST_CASE("Once the network is back it does not wait, and begins at 5 s again") {
  Rig rig;
  rig.transport.network = false;
  rig.settle();
  rig.run(3600);
  const int before = rig.transport.attempts;
  rig.transport.returned = true;
  rig.run(0.1);
  CHECK(rig.transport.attempts == before + 1);
  rig.run(6);
  CHECK(rig.transport.attempts == before + 2);
  rig.transport.network = true;
  rig.transport.returned = true;
  rig.run(0.1);
  CHECK(rig.count("BootNotification") == 1);
  rig.transport.returned = true;
  rig.run(0.1);
  CHECK(rig.transport.attempts == before + 3);  // there is a socket: nothing to be done
}

TEST_CASE("A call that is not answered in 30 s costs the socket") {
  Rig rig;
  rig.boot();
  rig.answering = false;
  rig.plug();
  rig.run(29);
  CHECK(rig.transport.attempts == 1);
  rig.run(8);
  CHECK(rig.transport.attempts == 2);
}

TEST_CASE("One call is outstanding at a time, and calls of the central system cross it") {
  Rig rig;
  rig.boot();
  rig.forget();
  rig.answering = false;
  rig.plug();
  rig.tag("FRIEND");
  CHECK(rig.seen.size() == 1);
  CHECK(rig.call("ClearCache", "{}") == "{\"status\":\"Accepted\"}");
  CHECK(rig.seen.size() == 2);
}

TEST_CASE("What is no frame, and what is no payload, gets the CALLERROR that says so") {
  Rig rig;
  rig.boot();
  CHECK(rig.call("Nonsense", "{}") == "NotImplemented");
  CHECK(rig.call("GetDiagnostics", "{\"location\":\"ftp://x\"}") == "NotSupported");
  CHECK(rig.call("CertificateSigned", "{}") == "NotSupported");
  CHECK(rig.call("Reset", "{}") == "ProtocolError");
  CHECK(rig.call("Reset", "{\"type\":\"Soft\",\"more\":1}") == "FormationViolation");
  CHECK(rig.call("Reset", "{\"type\":3}") == "TypeConstraintViolation");
  CHECK(rig.call("Reset", "{\"type\":\"Warm\"}") == "PropertyConstraintViolation");
  CHECK(rig.call("ReserveNow",
                 "{\"connectorId\":1,\"expiryDate\":\"2030-01-01T00:00:00Z\",\"reservationId\":1,"
                 "\"idTag\":\"123456789012345678901\"}") == "TypeConstraintViolation");
  CHECK(rig.call("RemoteStopTransaction", "{\"transactionId\":1.5}") ==
        "TypeConstraintViolation");
  CHECK(rig.call("Reset", "[]") == "FormationViolation");
  rig.forget();
  rig.hear("[9,\"x\",{}]");
  rig.hear("[3,\"unasked\",{}]");
  rig.hear("[3]");
  rig.settle();
  CHECK(rig.seen.empty());
  rig.hear("[2,\"0123456789012345678901234567890123456\",\"ClearCache\",{}]");
  rig.settle();
  CHECK(rig.seen.back().type == 4);
}

TEST_CASE("Each call that has a schema has somebody who handles it") {
  for (const char* action :
       {"CancelReservation", "CertificateSigned", "ChangeAvailability", "ChangeConfiguration",
        "ClearCache", "ClearChargingProfile", "DataTransfer", "DeleteCertificate",
        "ExtendedTriggerMessage", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics",
        "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "InstallCertificate",
        "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList",
        "SetChargingProfile", "SignedUpdateFirmware", "TriggerMessage", "UnlockConnector",
        "UpdateFirmware"}) {
    CAPTURE(action);
    CHECK(evse::ocpp::schema_of_call(action) != nullptr);
    CHECK(evse::ocpp::incoming(action) != nullptr);
  }
  CHECK(evse::ocpp::incoming("Heartbeat") == nullptr);
}

TEST_CASE("What is larger than there is room for is answered, and leaves no trace") {
  Rig rig;
  rig.boot();
  const std::string large(20000, 'x');
  CHECK(rig.call("DataTransfer", "{\"vendorId\":\"v\",\"data\":\"" + large + "\"}") ==
        "InternalError");
  std::string many = "{\"key\":[";
  for (int i = 0; i < 3000; ++i) many += i == 0 ? "\"a\"" : ",\"a\"";
  CHECK(rig.call("GetConfiguration", many + "]}") == "InternalError");
  std::string deep = "[2,\"deep\",\"ClearCache\",";
  for (int i = 0; i < 5000; ++i) deep += "[";
  rig.hear(deep);
  rig.settle();
  CHECK(rig.seen.back().id == "deep");
  CHECK(rig.seen.back().action == "InternalError");
  CHECK(rig.call("ClearCache", "{}") == "{\"status\":\"Accepted\"}");
}

TEST_CASE("A message that the transport does not take at once is sent later, once") {
  Rig rig;
  rig.boot();
  rig.forget();
  rig.transport.takes = false;
  rig.plug();
  rig.run(3);
  CHECK(rig.seen.empty());
  rig.transport.takes = true;
  rig.run(1);
  CHECK(rig.statuses() == "Preparing");
}

TEST_CASE("An answer that breaks its schema counts as a refusal") {
  Rig rig;
  rig.answering = false;
  rig.boot();
  rig.hear("[3,\"" + rig.last("BootNotification").id + "\",{\"status\":\"Welcome\"}]");
  rig.answering = true;
  rig.run(59);
  CHECK(rig.count("BootNotification") == 1);
  rig.run(5);
  CHECK(rig.count("BootNotification") == 2);
}
