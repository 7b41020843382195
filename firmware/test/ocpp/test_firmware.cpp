// Firmware management (OCPP 1.6 4.5, 5.9, 5.19): new firmware, and diagnostics.
#include <doctest/doctest.h>

#include "ocpp/utc.h"
#include "rig.h"

using bench::Parts;
using bench::Rig;

namespace {

constexpr char kOrder[] =
    "{\"location\":\"http://user:secret@files.example/new.bin?token=1\","
    "\"retrieveDate\":\"2026-01-01T00:00:00Z\"}";
constexpr char kFirmware[] = "FirmwareStatusNotification";

std::string order(const std::string& more) {
  return "{\"location\":\"http://files.example/new.bin\"," + more + "}";
}

void begin(Rig& rig) {
  rig.boot();
  rig.plug();
  rig.tag("FRIEND");
  rig.run(1);
}

}  // namespace

TEST_CASE("TC_044_1_CS: firmware is downloaded and installed, and tells so after the boot") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.forget();
  CHECK(rig.call("UpdateFirmware", kOrder) == "{}");
  rig.run(30);
  CHECK(rig.story() == "Downloading Downloaded 1:Unavailable Installing");
  CHECK(!rig.client->command(1).available);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::Soft);
  CHECK(parts.updater.steps.size() == 2);
  CHECK(parts.updater.steps[0] == "download http://user:secret@files.example/new.bin?token=1");
  for (const std::string& line : rig.log.lines) {
    CHECK(line.find("secret") == std::string::npos);
    CHECK(line.find("token") == std::string::npos);
  }
  Rig after(Rig::defaults(), &rig.fram, parts.files());
  after.boot();
  CHECK(after.story() == "boot 0:Available 1:Available Installed");
  Rig later(Rig::defaults(), &after.fram, parts.files());
  later.boot();
  CHECK(later.count(kFirmware) == 0);
}

TEST_CASE("TC_044_2_CS: a download fails, and everything is as before") {
  Parts parts;
  parts.updater.fails = "download";
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.forget();
  rig.call("UpdateFirmware", order("\"retrieveDate\":\"2026-01-01T00:00:00Z\",\"retries\":0"));
  rig.run(30);
  CHECK(rig.story() == "Downloading DownloadFailed");
  CHECK(rig.client->command(1).available);
}

TEST_CASE("TC_044_3_CS: an image that is none is not installed") {
  Parts parts;
  parts.updater.fails = "install";
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.forget();
  rig.call("UpdateFirmware", kOrder);
  rig.run(30);
  CHECK(rig.story() ==
        "Downloading Downloaded 1:Unavailable Installing InstallationFailed 1:Available");
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
}

TEST_CASE("A download is tried again as often as the order says, Downloading told once") {
  Parts parts;
  parts.updater.fails = "download";
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.forget();
  rig.call("UpdateFirmware", order("\"retrieveDate\":\"2026-01-01T00:00:00Z\",\"retries\":2,"
                                   "\"retryInterval\":100"));
  rig.run(199);
  CHECK(parts.updater.steps.size() == 2);
  rig.run(30);
  CHECK(parts.updater.steps.size() == 3);
  CHECK(rig.told(kFirmware) == "Downloading DownloadFailed");
}

TEST_CASE("The download waits for its date, over a power cut too") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  const std::string at =
      evse::ocpp::format_utc(bench::kUtc + 3600LL * 1000000).get();
  rig.call("UpdateFirmware", order("\"retrieveDate\":\"" + at + "\""));
  rig.run(600);
  CHECK(parts.updater.steps.empty());
  Rig after(Rig::defaults(), &rig.fram, parts.files());
  after.boot();
  after.run(3590);
  CHECK(parts.updater.steps.empty());
  after.run(12);
  CHECK(parts.updater.steps.size() == 1);
}

TEST_CASE("Nobody who charges is interrupted; the free connector is out of service at once") {
  Parts parts;
  Rig rig(Rig::defaults(2), nullptr, parts.files());
  begin(rig);
  rig.forget();
  rig.call("UpdateFirmware", kOrder);
  rig.run(600);
  CHECK(rig.story() == "Downloading Downloaded 2:Unavailable");
  CHECK(rig.client->command(1).permitted);
  rig.call("RemoteStartTransaction", "{\"idTag\":\"APP\",\"connectorId\":2}");
  CHECK(rig.count("StartTransaction") == 0);
  rig.forget();
  rig.tag("FRIEND");
  rig.run(2);
  CHECK(rig.count("StopTransaction") == 1);
  CHECK(rig.count(kFirmware) == 0);
  rig.run(10);
  CHECK(rig.told(kFirmware) == "Installing");
}

TEST_CASE("Where an image goes straight into flash, nothing is fetched while a contactor is closed") {
  Parts parts;
  parts.updater.beside_charging = false;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  begin(rig);
  rig.forget();
  rig.call("UpdateFirmware", kOrder);
  rig.run(600);
  CHECK(parts.updater.steps.empty());
  rig.tag("FRIEND");
  rig.run(2);
  CHECK(parts.updater.steps.empty());
  rig.run(20);
  CHECK(parts.updater.steps.size() == 2);
  CHECK(rig.told(kFirmware) == "Downloading Downloaded Installing");
}

TEST_CASE("A power cut while an image is installed: the slot that runs says how it went") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.call("UpdateFirmware", kOrder);
  rig.run(3);
  parts.updater.holds = true;
  rig.run(30);
  CHECK(rig.told(kFirmware) == "Downloading Downloaded Installing");
  Rig old_one(Rig::defaults(), &rig.fram, parts.files());
  old_one.boot();
  CHECK(old_one.told(kFirmware) == "InstallationFailed");
  parts.updater.slot = 1;
  Rig new_one(Rig::defaults(), &rig.fram, parts.files());
  new_one.boot();
  CHECK(new_one.told(kFirmware) == "Installed");
}

TEST_CASE("A download that ends in a restart each time is given up") {
  Parts parts;
  parts.updater.holds = true;
  bench::Fram memory;
  {
    Rig rig(Rig::defaults(), nullptr, parts.files());
    rig.boot();
    rig.call("UpdateFirmware", order("\"retrieveDate\":\"2026-01-01T00:00:00Z\",\"retries\":0"));
    rig.run(2);
    memory.bytes = rig.fram.bytes;
  }
  for (int restart = 0; restart < 3; ++restart) {
    Rig rig(Rig::defaults(), &memory, parts.files());
    rig.boot();
    rig.run(2);
    memory.bytes = rig.fram.bytes;
    CHECK(rig.told(kFirmware) == (restart == 0   ? "Downloading"
                                  : restart == 1 ? "DownloadFailed"
                                                 : ""));
  }
  CHECK(parts.updater.steps.size() == 2);
}

TEST_CASE("A further order takes the place of one before its installation, none during it") {
  Parts parts;
  parts.updater.holds = true;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.call("UpdateFirmware", kOrder);
  rig.run(1);
  CHECK(rig.call("UpdateFirmware", order("\"retrieveDate\":\"2026-01-01T00:00:00Z\"")) == "{}");
  rig.run(1);
  CHECK(parts.updater.steps.back() == "download http://files.example/new.bin");
  parts.updater.holds = false;
  rig.run(4);
  parts.updater.holds = true;
  rig.run(10);
  CHECK(parts.updater.steps.back() == "install");
  rig.call("UpdateFirmware", kOrder);
  rig.run(1);
  CHECK(parts.updater.steps.back() == "install");
  CHECK(rig.log.has("order of firmware not taken"));
}

TEST_CASE("A status that nobody has answered is told again, the present one only") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.call("UpdateFirmware", kOrder);
  rig.transport.network = false;
  rig.transport.close();
  rig.run(5);
  rig.forget();
  rig.transport.network = true;
  rig.run(4);
  CHECK(rig.told(kFirmware) == "Installing");
}

TEST_CASE("TC_054_CS: asked for, the status of no job is Idle; without such a block it is none") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  for (const char* action : {kFirmware, "DiagnosticsStatusNotification"}) {
    CHECK(rig.call("TriggerMessage", "{\"requestedMessage\":\"" + std::string(action) + "\"}") ==
          "{\"status\":\"Accepted\"}");
    CHECK(rig.told(action) == "Idle");
  }
  rig.call("UpdateFirmware", kOrder);
  rig.run(1);
  rig.forget();
  rig.call("TriggerMessage", "{\"requestedMessage\":\"FirmwareStatusNotification\"}");
  CHECK(rig.told(kFirmware) == "Downloaded");
  Rig without;
  without.boot();
  CHECK(without.call("TriggerMessage", "{\"requestedMessage\":\"FirmwareStatusNotification\"}") ==
        "{\"status\":\"NotImplemented\"}");
  CHECK(without.call("UpdateFirmware", kOrder) == "NotSupported");
  CHECK(without.call("GetDiagnostics", "{\"location\":\"ftp://files.example/\"}") ==
        "NotSupported");
}

TEST_CASE("The profile and the protocols are told where there are both blocks") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  const std::string asked =
      "{\"key\":[\"SupportedFeatureProfiles\",\"SupportedFileTransferProtocols\"]}";
  const std::string told = rig.call("GetConfiguration", asked);
  CHECK(told.find(",FirmwareManagement") != std::string::npos);
  CHECK(told.find("HTTP,HTTPS") != std::string::npos);
  Rig without;
  without.boot();
  CHECK(without.call("GetConfiguration", asked).find("unknownKey") != std::string::npos);
}

TEST_CASE("A memory of half the size does without files and security, and keeps the rest") {
  Parts parts;
  evse::ocpp::Settings settings = Rig::defaults();
  settings.secured = true;
  settings.equipment = parts.all();
  Rig rig(settings);
  rig.fram.part_bytes = 32 * 1024;
  rig.client = std::make_unique<evse::OcppClient>(settings, rig.transport, rig.fram, rig.clock,
                                                  rig.log);
  begin(rig);
  CHECK(rig.count("StartTransaction") == 1);
  CHECK(rig.call("UpdateFirmware", kOrder) == "NotSupported");
  CHECK(rig.count("SecurityEventNotification") == 0);
}

TEST_CASE("Orders that cannot be are refused, and change nothing") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  CHECK(rig.call("UpdateFirmware", order("\"retrieveDate\":\"soon\"")) ==
        "PropertyConstraintViolation");
  const std::string long_url = "{\"location\":\"http://x/" + std::string(520, 'a') + "\"";
  CHECK(rig.call("UpdateFirmware", long_url + ",\"retrieveDate\":\"2026-01-01T00:00:00Z\"}") ==
        "PropertyConstraintViolation");
  CHECK(rig.call("GetDiagnostics", long_url + "}") == "PropertyConstraintViolation");
  rig.call("UpdateFirmware", "{\"location\":\"gopher://x/\",\"retrieveDate\":"
                             "\"2026-01-01T00:00:00Z\"}");
  rig.run(2);
  CHECK(parts.updater.steps.empty());
  CHECK(rig.told(kFirmware) == "Downloading DownloadFailed");
}

TEST_CASE("The power goes at any byte of an order: it is there, or it is not, or it has failed") {
  Parts parts;
  for (int64_t cut = 0; cut < 2000; cut += 37) {
    Rig rig(Rig::defaults(), nullptr, parts.files());
    rig.boot();
    parts.updater.holds = true;
    rig.fram.cut_after = rig.fram.written + cut;
    rig.call("UpdateFirmware", kOrder);
    bench::Fram left;
    left.bytes = rig.fram.bytes;
    parts.updater = bench::Updater();
    Rig after(Rig::defaults(), &left, parts.files());
    after.boot();
    after.run(20);
    const std::string told = after.told(kFirmware);
    CAPTURE(cut);
    const bool right = told == "" || told == "DownloadFailed" ||
                       told == "Downloading Downloaded Installing";
    CHECK(right);
    for (const std::string& step : parts.updater.steps) {
      CHECK((step == "install" || step == std::string("download http://user:secret@") +
                                              "files.example/new.bin?token=1"));
    }
  }
}
