#include "Settings.h"

#include <esp_system.h>

namespace evse::esp32 {

namespace {

constexpr char kSpace[] = "evse";
constexpr char kSetupPassword[] = "setup_password";
// Without 0, O, 1, l and I: it is read off a display.
constexpr char kAlphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr int kPasswordLetters = 12;  // 60 bits
constexpr unsigned kLongest = 200;
constexpr unsigned kLongestPem = 3900;  // NVS takes texts of up to 4,000 bytes

static_assert(sizeof kAlphabet == 33, "so that a letter is five bits");

}  // namespace

bool Settings::begin() {
  if (!nvs_.begin(kSpace, false)) return false;
  if (nvs_.isKey(kSetupPassword)) return true;
  char password[kPasswordLetters + 1] = {};
  for (int i = 0; i < kPasswordLetters; ++i) password[i] = kAlphabet[esp_random() & 31];
  return nvs_.putString(kSetupPassword, password) == kPasswordLetters;
}

String Settings::text(const char* key) { return nvs_.getString(key, ""); }

uint32_t Settings::number(const char* key, uint32_t fallback) {
  const long value = text(key).toInt();
  return value > 0 ? static_cast<uint32_t>(value) : fallback;
}

front_end::LineScale Settings::scale(int line) {
  char voltage[] = "volt_uv_1";
  char current[] = "amp_ua_1";
  voltage[sizeof voltage - 2] = static_cast<char>('1' + line);
  current[sizeof current - 2] = static_cast<char>('1' + line);
  front_end::LineScale scale;
  scale.voltage_uv = number(voltage, scale.voltage_uv);
  scale.current_ua = number(current, scale.current_ua);
  return scale;
}

const char* Settings::set(EvseController& evse, const String& key, const String& value) {
  bool known = false;
  for (const Setting& setting : kSettings) known = known || key == setting.key;
  if (!known) return "no such setting: see help";
  const bool pem = key == "ocpp_ca";
  if (value.length() > (pem ? kLongestPem : kLongest)) {
    return pem ? "longer than 3,900 characters" : "longer than 200 characters";
  }
  if (key.endsWith("_password") && value.length() > 0 && value.length() < 8) {
    return "a password has at least 8 characters";
  }
  const FlashGuard guard(evse);
  if (!guard.open()) return "charging: settings are written with the contactor open only";
  return nvs_.putString(key.c_str(), value) == value.length() ? nullptr : "flash is full";
}

}  // namespace evse::esp32
