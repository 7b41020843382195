// What a maker sets before delivery, from `settings.json` in the program's directory.
#pragma once

#include <stdint.h>

#include "ocpp/settings.h"

struct cJSON;

namespace evse::host {

// An object of these fields; only `url` and `identity` have to be there, no other may be:
//
//   url, identity        text: the central system without the identity; who calls there
//   tls_url              text: likewise with wss://, for security profiles with TLS; without: `url`
//   key                  text: AuthorizationKey, hexadecimal
//   secured              true: with the security extension
//   vendor, model, serial_number, firmware_version    text: what BootNotification says
//   connectors           1 or 2
//   profiles             list of feature profiles, as SupportedFeatureProfiles names them; without:
//                        all. Core and FirmwareManagement are always there
//   configuration        object: configuration keys that leave the factory with another value
//   seed                 1 … 2^31 - 1
//   utc_at_zero_us       what the battery-backed clock shows at the twin's time 0, us since 1970
//   battery_clock        false: there is none
class SettingsFile {
 public:
  SettingsFile() = default;
  SettingsFile(const SettingsFile&) = delete;
  SettingsFile& operator=(const SettingsFile&) = delete;

  // False: `wrong()` says what is, in a line, without what the file says.
  bool read(const char* directory);
  const char* wrong() const { return wrong_; }

  const ocpp::Settings& settings() const { return settings_; }
  int64_t utc_at_zero_us() const { return utc_at_zero_us_; }
  bool battery_clock() const { return battery_clock_; }

 private:
  static constexpr int kMostFactoryValues = 40;
  static constexpr int kMostBytes = 64 * 1024;

  bool fail(const char* what, const char* field);
  bool load(const char* directory);
  bool take();
  bool take(const cJSON* field);
  bool take_key(const char* hex);
  bool take_configuration(const cJSON* object);
  bool take_profiles(const cJSON* list);

  ocpp::Settings settings_;
  int64_t utc_at_zero_us_ = 0;
  bool battery_clock_ = true;
  uint8_t key_[ocpp::kKeyBytes] = {};
  ocpp::FactoryValue factory_[kMostFactoryValues] = {};
  char bytes_[kMostBytes + 1] = {};
  cJSON* root_ = nullptr;  // kept: the settings point into it
  char wrong_[300] = {};
};

}  // namespace evse::host
