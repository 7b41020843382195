// GetDiagnostics (OCPP 1.6 5.9) and GetLog (security whitepaper, N01).
#include <doctest/doctest.h>

#include "rig.h"

using bench::Parts;
using bench::Rig;

namespace {

constexpr char kDiagnostics[] = "DiagnosticsStatusNotification";
constexpr char kLog[] = "LogStatusNotification";
constexpr char kWhere[] = "{\"location\":\"http://me:secret@files.example/in\"}";

std::string log(const std::string& type, int request, const std::string& more = "") {
  return "{\"logType\":\"" + type + "\",\"requestId\":" + std::to_string(request) +
         ",\"retries\":0,\"log\":{\"remoteLocation\":\"http://files.example/in\"" + more + "}}";
}

evse::ocpp::Settings secured() {
  evse::ocpp::Settings settings = Rig::defaults();
  settings.secured = true;
  return settings;
}

}  // namespace

TEST_CASE("TC_045_1_CS: diagnostics are uploaded, without a secret in them") {
  const uint8_t key[] = "0123456789abcdef";
  evse::ocpp::Settings settings = Rig::defaults();
  settings.key = key;
  settings.key_size = 16;
  Parts parts;
  Rig rig(settings, nullptr, parts.files());
  rig.boot();
  rig.call("ChangeConfiguration",
           "{\"key\":\"AuthorizationKey\",\"value\":\"41424344454647484142434445464748\"}");
  rig.run(10);
  const std::string answer = rig.call("GetDiagnostics", kWhere);
  CHECK(answer == "{\"fileName\":\"CP-1-diagnostics-20260921T141331Z.log\"}");
  rig.run(3);
  CHECK(rig.told(kDiagnostics) == "Uploading Uploaded");
  CHECK(parts.uploader.url == "http://me:secret@files.example/in");
  CHECK(answer.find(parts.uploader.name) != std::string::npos);
  for (const char* part : {"identity CP 1\n", "registration Accepted\n", "HeartbeatInterval=3600\n",
                           "connector 1 Available", " 0 boot accepted\n"}) {
    CHECK(parts.uploader.text.find(part) != std::string::npos);
  }
  for (const char* secret : {"secret", "0123456789abcdef", "ABCDEFGH", "41424344", "Authorization"}) {
    const size_t at = parts.uploader.text.find(secret);
    const bool harmless = at == std::string::npos || parts.uploader.text[at - 1] == '\n';
    CHECK(harmless);
  }
  CHECK(parts.uploader.text.find("AuthorizationKey") == std::string::npos);
}

TEST_CASE("TC_045_2_CS: an upload fails where nobody is") {
  Parts parts;
  parts.uploader.result = bench::Uploader::State::Failed;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  rig.call("GetDiagnostics", "{\"location\":\"ftp://nobody.example/\",\"retries\":0}");
  rig.run(3);
  CHECK(rig.told(kDiagnostics) == "Uploading UploadFailed");
  rig.forget();
  rig.call("GetDiagnostics", "{\"location\":\"ftp://nobody.example/\",\"retries\":2,"
                             "\"retryInterval\":10}");
  rig.run(15);
  CHECK(parts.uploader.begun == 3);
  parts.uploader.result = bench::Uploader::State::Done;
  rig.run(15);
  CHECK(rig.told(kDiagnostics) == "Uploading Uploaded");
}

TEST_CASE("An upload that was answered outlives a power cut, and begins anew") {
  Parts parts;
  parts.uploader.holds = true;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  const std::string name = rig.call("GetDiagnostics", kWhere);
  rig.run(3);
  CHECK(rig.told(kDiagnostics) == "Uploading");
  parts.uploader = bench::Uploader();
  Rig after(Rig::defaults(), &rig.fram, parts.files());
  after.boot();
  after.run(3);
  CHECK(after.told(kDiagnostics) == "Uploaded");
  CHECK(name.find(parts.uploader.name) != std::string::npos);
  CHECK(!parts.uploader.name.empty());
}

TEST_CASE("An upload that ends in a restart each time is given up") {
  Parts parts;
  parts.uploader.holds = true;
  bench::Fram memory;
  {
    Rig rig(Rig::defaults(), nullptr, parts.files());
    rig.boot();
    rig.call("GetDiagnostics", "{\"location\":\"http://files.example/in\",\"retries\":0}");
    rig.run(2);
    memory.bytes = rig.fram.bytes;
  }
  std::string told;
  for (int restart = 0; restart < 3; ++restart) {
    Rig rig(Rig::defaults(), &memory, parts.files());
    rig.boot();
    rig.run(2);
    memory.bytes = rig.fram.bytes;
    told += rig.told(kDiagnostics) + ";";
  }
  CHECK(told == ";UploadFailed;;");
  CHECK(parts.uploader.begun == 2);
}

TEST_CASE("TC_079_CS: the security log is uploaded") {
  Parts parts;
  Rig rig(secured(), nullptr, parts.files());
  rig.boot();
  CHECK(rig.call("GetLog", log("SecurityLog", 7)) ==
        "{\"status\":\"Accepted\",\"filename\":\"CP-1-security-20260921T141321Z.log\"}");
  rig.run(3);
  CHECK(rig.told(kLog) == "Uploading Uploaded");
  CHECK(rig.last(kLog).has("\"requestId\":7"));
  CHECK(parts.uploader.text.find(" StartupOfTheDevice: the power was off\n") != std::string::npos);
  CHECK(parts.uploader.text.find(" SettingSystemTime: 2026-01-01T00:00:00.000Z becomes ") !=
        std::string::npos);
  rig.call("GetLog", log("SecurityLog", 8, ",\"latestTimestamp\":\"2026-01-02T00:00:00Z\""));
  rig.run(3);
  CHECK(parts.uploader.text.find("StartupOfTheDevice") != std::string::npos);
  CHECK(parts.uploader.text.find("SettingSystemTime") == std::string::npos);
}

TEST_CASE("A further log takes the place of the one before; what cannot be is Rejected") {
  Parts parts;
  parts.uploader.holds = true;
  Rig rig(secured(), nullptr, parts.files());
  rig.boot();
  rig.call("GetLog", log("DiagnosticsLog", 1));
  rig.run(2);
  CHECK(rig.call("GetLog", log("SecurityLog", 2)).find("AcceptedCanceled") != std::string::npos);
  CHECK(rig.call("GetDiagnostics", kWhere) == "{}");
  CHECK(rig.call("GetLog", log("SecurityLog", 3, ",\"oldestTimestamp\":\"then\"")) ==
        "{\"status\":\"Rejected\"}");
  parts.uploader.holds = false;
  parts.uploader.result = bench::Uploader::State::Denied;
  rig.run(3);
  CHECK(rig.told(kLog) == "Uploading Uploading PermissionDenied");
  CHECK(rig.last(kLog).has("\"requestId\":2"));
  CHECK(rig.count(kDiagnostics) == 0);
}

TEST_CASE("Without the security extension there is no GetLog") {
  Parts parts;
  Rig rig(Rig::defaults(), nullptr, parts.files());
  rig.boot();
  CHECK(rig.call("GetLog", log("SecurityLog", 1)) == "NotSupported");
}
