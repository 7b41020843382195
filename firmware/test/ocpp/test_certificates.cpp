// Certificates (security whitepaper A02, A03, M03, M04, M05), and firmware with a signature (L01).
#include <doctest/doctest.h>

#include "ocpp/utc.h"
#include "rig.h"

using bench::Parts;
using bench::Rig;
using evse::hal::RootKind;

namespace {

constexpr char kEvents[] = "SecurityEventNotification";
constexpr char kSigned[] = "SignedFirmwareStatusNotification";
constexpr char kAccepted[] = "{\"status\":\"Accepted\"}";
constexpr char kRejected[] = "{\"status\":\"Rejected\"}";
constexpr char kCentral[] = "CentralSystemRootCertificate";
constexpr char kManufacturer[] = "ManufacturerRootCertificate";
const uint8_t kKey[] = "0123456789abcdef";

evse::ocpp::Settings secured(const char* profile) {
  static evse::ocpp::FactoryValue factory[2];
  factory[0] = {"SecurityProfile", profile};
  factory[1] = {"CpoName", "Operator"};
  evse::ocpp::Settings settings = Rig::defaults();
  settings.secured = true;
  settings.serial_number = "SN-1";
  settings.key = kKey;
  settings.key_size = 16;
  settings.factory = factory;
  settings.factory_count = 2;
  return settings;
}

struct Charger : Parts {
  explicit Charger(const char* profile = "1") : settings(secured(profile)) {
    certificates.installed[RootKind::Central] = {"good first root"};
    if (profile[0] == '3') certificates.chain = "good own";
    rig = std::make_unique<Rig>(settings, nullptr, all());
    rig->boot();
    rig->forget();
  }
  std::string install(const std::string& kind, const std::string& pem) {
    return rig->call("InstallCertificate", "{\"certificateType\":\"" + kind +
                                               "\",\"certificate\":\"" + pem + "\"}");
  }
  std::string list(const std::string& kind) {
    return rig->call("GetInstalledCertificateIds", "{\"certificateType\":\"" + kind + "\"}");
  }
  std::string remove(const std::string& hash) {
    return rig->call("DeleteCertificate", "{\"certificateHashData\":" + hash + "}");
  }
  std::string ask() {
    return rig->call("ExtendedTriggerMessage",
                     "{\"requestedMessage\":\"SignChargePointCertificate\"}");
  }
  std::string answer(const std::string& chain) {
    return rig->call("CertificateSigned", "{\"certificateChain\":\"" + chain + "\"}");
  }

  evse::ocpp::Settings settings;
  std::unique_ptr<Rig> rig;
};

std::string hash(const std::string& name, size_t length) {
  return "{\"hashAlgorithm\":\"SHA256\",\"issuerNameHash\":\"0123456789ABCDEF\","
         "\"issuerKeyHash\":\"" + name + "\",\"serialNumber\":\"0" + std::to_string(length) +
         "ABC\"}";
}

std::string order(int request, const std::string& more = "", const std::string& by = "good maker") {
  return "{\"requestId\":" + std::to_string(request) +
         ",\"retries\":0,\"firmware\":{\"location\":\"http://files.example/new.bin\","
         "\"retrieveDateTime\":\"2026-01-01T00:00:00Z\"," + more +
         "\"signingCertificate\":\"" + by + "\",\"signature\":\"aGFuZA==\"}}";
}

}  // namespace

TEST_CASE("TC_074_CS: a renewed certificate is used from the next connection") {
  Charger charger("3");
  CHECK(charger.ask() == kAccepted);
  CHECK(charger.rig->last("SignCertificate").payload ==
        "{\"csr\":\"REQUEST 1\\u000aCN=SN-1 O=Operator\"}");
  CHECK(charger.rig->transport.attempts == 1);
  CHECK(charger.answer("good new chain") == kAccepted);
  CHECK(charger.certificates.has_previous_own());
  charger.rig->run(10);
  CHECK(charger.rig->transport.attempts == 2);
  CHECK(!charger.certificates.has_previous_own());
}

TEST_CASE("A new certificate that fails three times is given up for the one before") {
  Charger charger("3");
  charger.ask();
  charger.answer("good new chain");
  charger.rig->transport.network = false;
  charger.rig->transport.why = evse::hal::Transport::Failure::Credentials;
  charger.rig->run(120);
  CHECK(charger.certificates.chain == "good own");
}

TEST_CASE("TC_075_1_CS and TC_075_2_CS: a root is installed, and listed by its hashes") {
  Charger charger("2");
  CHECK(charger.list(kManufacturer) == "{\"status\":\"NotFound\"}");
  CHECK(charger.install(kManufacturer, "good maker") == kAccepted);
  CHECK(charger.list(kManufacturer) ==
        "{\"status\":\"Accepted\",\"certificateHashData\":[{\"hashAlgorithm\":\"SHA256\","
        "\"issuerNameHash\":\"0123456789abcdef\",\"issuerKeyHash\":\"maker\","
        "\"serialNumber\":\"10abc\"}]}");
  CHECK(charger.install(kCentral, "good second") == kAccepted);
  CHECK(charger.list(kCentral).find("second") != std::string::npos);
  CHECK(charger.list(kCentral).find("first root") != std::string::npos);
}

TEST_CASE("TC_076_CS: a deleted certificate is gone; the last one that TLS needs is not deleted") {
  Charger charger("2");
  charger.install(kCentral, "good second");
  CHECK(charger.remove(hash("second", 11)) == kAccepted);
  CHECK(charger.list(kCentral).find("second") == std::string::npos);
  CHECK(charger.remove(hash("second", 11)) == "{\"status\":\"NotFound\"}");
  CHECK(charger.remove(hash("first root", 15)) == "{\"status\":\"Failed\"}");
  CHECK(charger.certificates.roots(RootKind::Central) == 1);
  charger.certificates.chain = "good own";
  CHECK(charger.remove(hash("own", 8)) == "{\"status\":\"Failed\"}");
}

TEST_CASE("A certificate is meant by the digests that are named, and by no others") {
  Charger charger("2");
  charger.install(kCentral, "good second");
  std::string other = hash("second", 11);
  other.replace(other.find("SHA256"), 6, "SHA512");
  CHECK(charger.remove(other) == "{\"status\":\"NotFound\"}");
  other.replace(other.find("0123456789ABCDEF"), 16, "fedcba9876543210");
  CHECK(charger.remove(other) == kAccepted);
}

TEST_CASE("A store that is full or cannot be written says so") {
  Charger charger("2");
  charger.certificates.locked = true;
  CHECK(charger.install(kCentral, "good second") == "{\"status\":\"Failed\"}");
  charger.certificates.locked = false;
  charger.install(kCentral, "good second");
  charger.install(kManufacturer, "good maker");
  CHECK(charger.install(kManufacturer, "good other maker") == kRejected);
  CHECK(charger.rig->call("GetConfiguration", "{\"key\":[\"CertificateStoreMaxLength\"]}")
            .find("\"3\"") != std::string::npos);
}

TEST_CASE("TC_077_CS: a bad certificate of the charger is rejected, and told") {
  Charger charger("3");
  charger.ask();
  CHECK(charger.answer("somebody else's") == kRejected);
  CHECK(charger.rig->told(kEvents) == "InvalidChargePointCertificate");
  charger.rig->run(30);
  CHECK(charger.rig->transport.attempts == 1);
  charger.certificates.forget_request();
  CHECK(charger.answer("good but not asked for") == kRejected);
}

TEST_CASE("TC_078_CS: a bad root of the central system is rejected, and told") {
  Charger charger("2");
  CHECK(charger.install(kCentral, "expired") == kRejected);
  CHECK(charger.rig->told(kEvents) == "InvalidCentralSystemCertificate");
  CHECK(charger.install(kManufacturer, "expired") == kRejected);
  CHECK(charger.rig->last(kEvents).has("InvalidFirmwareSigningCertificate"));
}

TEST_CASE("A request that nobody has answered is sent again, one that is refused is forgotten") {
  Charger charger("3");
  charger.rig->answering = false;
  charger.ask();
  CHECK(charger.rig->count("SignCertificate") == 1);
  charger.rig->answering = true;
  charger.rig->transport.close();
  charger.rig->run(10);
  CHECK(charger.rig->count("SignCertificate") == 2);
  CHECK(charger.certificates.requests == 1);
  charger.rig->sign_status = "Rejected";
  charger.ask();
  CHECK(!charger.certificates.requested());
}

TEST_CASE("A certificate is renewed in time: thirty days before its end, looked at daily") {
  Charger charger("3");
  charger.certificates.until_utc_us = bench::kUtc + 33LL * 86400 * 1000000;
  charger.rig->run(2 * 86400);
  CHECK(charger.certificates.requests == 0);
  charger.rig->run(1.5 * 86400);
  CHECK(charger.certificates.requests == 1);
}

TEST_CASE("TC_080_CS: firmware with a good signature is installed") {
  Charger charger;
  CHECK(charger.rig->call("UpdateFirmware", "{\"location\":\"http://x/\",\"retrieveDate\":"
                                            "\"2026-01-01T00:00:00Z\"}") == "NotSupported");
  CHECK(charger.rig->call("SignedUpdateFirmware", order(5)) == kAccepted);
  charger.rig->run(30);
  CHECK(charger.rig->story() ==
        "Downloading Downloaded SignatureVerified 1:Unavailable Installing InstallRebooting");
  CHECK(charger.updater.steps[1] == "verify good maker hand");
  for (const bench::Sent& each : charger.rig->all(kSigned)) CHECK(each.has("\"requestId\":5"));
  Rig after(charger.settings, &charger.rig->fram, charger.all());
  after.boot();
  CHECK(after.story() == "boot 0:Available 1:Available Installed");
  CHECK(after.told(kEvents) == "StartupOfTheDevice FirmwareUpdated SettingSystemTime");
}

TEST_CASE("TC_081_CS: firmware with a wrong signature is not installed") {
  Charger charger;
  charger.updater.fails = "verify";
  charger.rig->call("SignedUpdateFirmware", order(6));
  charger.rig->run(30);
  CHECK(charger.rig->story() == "Downloading Downloaded InvalidSignature");
  CHECK(charger.rig->told(kEvents) == "InvalidFirmwareSignature");
  CHECK(charger.updater.steps.size() == 2);
}

TEST_CASE("Signed orders that cannot be are refused at once") {
  Charger charger;
  CHECK(charger.rig->call("SignedUpdateFirmware", order(1, "", "bad maker")) ==
        "{\"status\":\"InvalidCertificate\"}");
  CHECK(charger.rig->told(kEvents) == "InvalidFirmwareSigningCertificate");
  CHECK(charger.rig->call("SignedUpdateFirmware", order(1, "\"installDateTime\":\"later\",")) ==
        kRejected);
  CHECK(charger.updater.steps.empty());
}

TEST_CASE("An installation waits for its date with the connectors in service") {
  Charger charger;
  charger.updater.beside_charging = false;
  const std::string at =
      evse::ocpp::format_utc(bench::kUtc + 7200LL * 1000000).get();
  charger.rig->call("SignedUpdateFirmware", order(2, "\"installDateTime\":\"" + at + "\","));
  charger.rig->run(60);
  CHECK(charger.rig->told(kSigned) ==
        "Downloading Downloaded SignatureVerified InstallScheduled");
  CHECK(charger.rig->client->command(1).available);
  CHECK(charger.rig->call("SignedUpdateFirmware",
                          order(3, "\"installDateTime\":\"" + at + "\",")) ==
        "{\"status\":\"AcceptedCanceled\"}");
  charger.rig->run(7190);
  CHECK(charger.updater.steps.back() == "install");
}

TEST_CASE("A signature that is no base64 is none of the signer's") {
  Charger charger;
  std::string text = order(4);
  text.replace(text.find("aGFuZA=="), 8, "!!!!!!!!");
  CHECK(charger.rig->call("SignedUpdateFirmware", text) == kAccepted);
  charger.rig->run(5);
  CHECK(charger.updater.steps[1] == "verify good maker ");
}
