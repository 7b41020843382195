// New firmware for a charger with MicroOcpp.
#include <doctest/doctest.h>

#include "rig.h"

using bench::Rig;
using State = evse::hal::Updater::State;

namespace {

constexpr char kOrder[] =
    R"({"location":"http://files.example/new","retrieveDate":"2026-01-01T00:00:00Z","retries":2,)"
    R"("retryInterval":30})";

}  // namespace

TEST_CASE("new firmware is fetched and installed out of service, and then wants the restart") {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.firmware_version = "1";
  Rig rig(settings);
  rig.boot();
  CHECK(rig.call("UpdateFirmware", kOrder, 10) == "{}");
  REQUIRE(rig.updater.downloads == std::vector<std::string>{"http://files.example/new"});
  CHECK(!rig.command().available);
  rig.updater.now = State::Done;
  rig.run(10);
  CHECK(rig.updater.installs == 1);
  CHECK(!rig.command().available);
  rig.updater.now = State::Done;
  rig.run(1);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
  rig.run(10);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::Soft);
  CHECK(rig.firmware_statuses() == "Downloading Downloaded Installing");
  CHECK(!rig.log.has("files.example"));

  const bench::Fram memory = rig.fram;
  rig.client.reset();
  settings.firmware_version = "2";
  Rig next(settings, &memory);
  next.boot();
  CHECK(next.firmware_statuses() == "Installed");
  CHECK(next.command().available);
}

TEST_CASE("an image that goes straight into flash waits for the end of the session") {
  Rig rig;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.call("UpdateFirmware", kOrder, 30);
  CHECK(rig.updater.downloads.empty());
  CHECK(rig.command().permitted);
  rig.tag("TAG1");
  rig.run(5);
  CHECK(rig.updater.downloads.size() == 1);
  rig.unplug();
  rig.plug();
  rig.tag("TAG2");
  CHECK(!rig.command().permitted);
}

TEST_CASE("an image that is kept elsewhere comes while charging, and is installed after it") {
  Rig rig;
  rig.updater.while_charging = true;
  rig.boot();
  rig.plug();
  rig.tag("TAG1");
  rig.call("UpdateFirmware", kOrder, 10);
  REQUIRE(rig.updater.downloads.size() == 1);
  rig.updater.now = State::Done;
  rig.run(30);
  CHECK(rig.command().permitted);
  CHECK(rig.updater.installs == 0);
  rig.unplug();
  rig.run(10);
  CHECK(rig.updater.installs == 1);
}

TEST_CASE("what cannot be fetched is told, tried again, and leaves the charger in service") {
  Rig rig;
  rig.boot();
  rig.call("UpdateFirmware", kOrder, 10);
  rig.updater.now = State::Failed;
  rig.run(5);
  CHECK(rig.log.has("no such file"));
  CHECK(rig.command().available);
  rig.run(60);
  CHECK(rig.updater.downloads.size() == 2);
  rig.updater.now = State::Failed;
  rig.run(120);
  CHECK(rig.updater.downloads.size() == 2);
  CHECK(rig.command().available);
  CHECK(rig.statuses(0).find("Available", rig.statuses(0).size() - 9) != std::string::npos);
  CHECK(rig.firmware_statuses() == "Downloading DownloadFailed Downloading DownloadFailed");
}

TEST_CASE("what cannot be installed is told, and the charger is back in service") {
  Rig rig;
  rig.boot();
  rig.call("UpdateFirmware", kOrder, 10);
  rig.updater.now = State::Done;
  rig.run(10);
  REQUIRE(rig.updater.installs == 1);
  rig.updater.now = State::Failed;
  rig.run(5);
  CHECK(rig.command().available);
  CHECK(rig.client->reset_wanted() == evse::ResetWanted::None);
  CHECK(rig.firmware_statuses().find("InstallationFailed") != std::string::npos);
}
