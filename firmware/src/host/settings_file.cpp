#include "settings_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ocpp/text.h"

namespace evse::host {

namespace {

constexpr size_t kLeastKeyBytes = 16;  // OCPP-J 1.6 6.2

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ocpp::folded(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool SettingsFile::fail(const char* what, const char* field) {
  snprintf(wrong_, sizeof wrong_, "settings.json: %.100s%.150s", field, what);
  return false;
}

bool SettingsFile::load(const char* directory) {
  char path[4096];
  const int length = snprintf(path, sizeof path, "%s/settings.json", directory);
  if (length < 0 || length >= static_cast<int>(sizeof path)) return fail("path too long", "");
  FILE* file = fopen(path, "r");
  if (file == nullptr) return fail(strerror(errno), "");
  const size_t size = fread(bytes_, 1, sizeof bytes_, file);
  const bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) return fail("cannot be read", "");
  if (size > kMostBytes) return fail("is too long", "");
  bytes_[size] = '\0';
  return true;
}

bool SettingsFile::read(const char* directory) {
  if (!load(directory)) return false;
  root_ = cJSON_Parse(bytes_);
  memset(bytes_, 0, sizeof bytes_);
  if (!cJSON_IsObject(root_)) return fail("is no JSON object", "");
  return take();
}

bool SettingsFile::take() {
  for (const cJSON* each = root_->child; each != nullptr; each = each->next) {
    if (!take(each)) return false;
  }
  if (*settings_.url == '\0') return fail("url is missing", "");
  if (*settings_.identity == '\0') return fail("identity is missing", "");
  return true;
}

bool SettingsFile::take(const cJSON* field) {
  const char* name = field->string;
  const struct {
    const char* name;
    const char** at;
  } texts[] = {
      {"url", &settings_.url},
      {"tls_url", &settings_.tls_url},
      {"identity", &settings_.identity},
      {"vendor", &settings_.vendor},
      {"model", &settings_.model},
      {"serial_number", &settings_.serial_number},
      {"firmware_version", &settings_.firmware_version},
  };
  for (const auto& text : texts) {
    if (strcmp(name, text.name) != 0) continue;
    if (!cJSON_IsString(field)) return fail(" is no text", name);
    *text.at = field->valuestring;
    return true;
  }
  if (strcmp(name, "key") == 0) {
    return cJSON_IsString(field) && take_key(field->valuestring)
               ? true
               : fail(" is no hexadecimal text of 16 to 20 bytes", name);
  }
  if (strcmp(name, "configuration") == 0) return take_configuration(field);
  if (strcmp(name, "profiles") == 0) return take_profiles(field);
  const struct {
    const char* name;
    bool* at;
  } choices[] = {{"battery_clock", &battery_clock_}, {"secured", &settings_.secured}};
  for (const auto& choice : choices) {
    if (strcmp(name, choice.name) != 0) continue;
    if (!cJSON_IsBool(field)) return fail(" is neither true nor false", name);
    *choice.at = cJSON_IsTrue(field) != 0;
    return true;
  }
  if (!cJSON_IsNumber(field)) return fail(" is none of the settings, or no number", name);
  const double number = field->valuedouble;
  if (strcmp(name, "connectors") == 0 && number >= 1 && number <= ocpp::kConnectors) {
    settings_.connectors = static_cast<int>(number);
    return true;
  }
  if (strcmp(name, "seed") == 0 && number >= 1 && number < 2147483648.0) {
    settings_.seed = static_cast<uint32_t>(number);
    return true;
  }
  if (strcmp(name, "utc_at_zero_us") == 0 && number >= 0 && number < 1e17) {
    utc_at_zero_us_ = static_cast<int64_t>(number);
    return true;
  }
  return fail(" is none of the settings, or out of range", name);
}

bool SettingsFile::take_key(const char* hex) {
  const size_t digits = strlen(hex);
  if (digits % 2 != 0 || digits < 2 * kLeastKeyBytes || digits > 2 * sizeof key_) return false;
  for (size_t i = 0; i < digits / 2; ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    key_[i] = static_cast<uint8_t>(16 * high + low);
  }
  settings_.key = key_;
  settings_.key_size = static_cast<int>(digits / 2);
  return true;
}

bool SettingsFile::take_profiles(const cJSON* list) {
  if (!cJSON_IsArray(list)) return fail("profiles is no list", "");
  ocpp::FeatureProfiles& profiles = settings_.profiles;
  profiles = {false, false, false, false};
  const struct {
    const char* name;
    bool* at;
  } named[] = {
      {"LocalAuthListManagement", &profiles.local_list},
      {"Reservation", &profiles.reservation},
      {"RemoteTrigger", &profiles.remote_trigger},
      {"SmartCharging", &profiles.smart_charging},
  };
  for (const cJSON* each = list->child; each != nullptr; each = each->next) {
    if (!cJSON_IsString(each)) return fail("profiles has in it what is no text", "");
    const char* name = each->valuestring;
    bool known = strcmp(name, "Core") == 0 || strcmp(name, "FirmwareManagement") == 0;
    for (const auto& one : named) {
      if (strcmp(name, one.name) != 0) continue;
      *one.at = true;
      known = true;
    }
    if (!known) return fail(" is no feature profile", name);
  }
  return true;
}

bool SettingsFile::take_configuration(const cJSON* object) {
  if (!cJSON_IsObject(object)) return fail("configuration is no object", "");
  int count = 0;
  for (const cJSON* each = object->child; each != nullptr; each = each->next) {
    if (!cJSON_IsString(each)) return fail(" is no text", each->string);
    if (count == kMostFactoryValues) return fail("configuration has too many keys", "");
    factory_[count].name = each->string;
    factory_[count].value = each->valuestring;
    ++count;
  }
  settings_.factory = factory_;
  settings_.factory_count = count;
  return true;
}

}  // namespace evse::host
